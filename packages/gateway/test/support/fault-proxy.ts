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
    client.on('data', (chunk) => {
      if (this.mode === 'reset') client.resetAndDestroy();
      else if (this.mode !== 'black_hole') target.write(chunk);
    });
    target.on('data', (chunk) => {
      if (this.mode === 'lose_reply') client.resetAndDestroy();
      else if (this.mode !== 'black_hole') client.write(chunk);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
