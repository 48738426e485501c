import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback that can lose what the server answers, as a broken network does. */
export class FaultProxy implements AsyncDisposable {
  /**
   * `lose_reply`: requests arrive, the reply is swallowed and the connection reset. `black_hole`: nothing arrives on either
   * side and nobody is told. `reset`: whoever sends is cut off, and the request does not arrive.
   */
  mode: 'pass' | 'lose_reply' | 'black_hole' | 'reset' = 'pass';
  /** Where new connections go. */
  targetPort: number;
  /** Connections that were reset with something on its way, or from which something was swallowed: each once. */
  faults = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.server = createServer((client) => this.join(client));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  /** Drops every connection there is; new ones are let through. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const target = connect(this.targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        (socket === client ? target : client).destroy();
      });
    }
    let isHarmed = false;
    const harm = () => {
      if (!isHarmed) this.faults += 1;
      isHarmed = true;
      if (this.mode !== 'black_hole') client.resetAndDestroy();
    };
    client.on('data', (chunk) => {
      if (this.mode === 'reset' || this.mode === 'black_hole') harm();
      else target.write(chunk);
    });
    target.on('data', (chunk) => {
      if (this.mode === 'lose_reply' || this.mode === 'black_hole') harm();
      else client.write(chunk);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
