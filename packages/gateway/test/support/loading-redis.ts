// A Redis that is reading its files and says that it will take a minute, which is over much sooner.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const SAID_S = 60;
const COMMAND = /\*\d+\r\n\$\d+\r\n(\w+)\r\n/g;

export class LoadingRedis implements AsyncDisposable {
  isLoading = true;
  /** How often somebody was told that it is loading. */
  told = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<LoadingRedis> {
    const server = createServer();
    const redis = new LoadingRedis(server);
    server.on('connection', (socket) => redis.#serve(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const [, command = ''] of chunk.toString().matchAll(COMMAND)) socket.write(this.#answer(command));
    });
  }

  #answer(command: string): string {
    if (command.toLowerCase() === 'ping') return '+PONG\r\n';
    if (command.toLowerCase() !== 'info') return '+OK\r\n';
    if (this.isLoading) this.told++;
    const loading = this.isLoading ? `loading:1\r\nloading_eta_seconds:${SAID_S}\r\n` : 'loading:0\r\n';
    return `$${loading.length}\r\n${loading}\r\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
