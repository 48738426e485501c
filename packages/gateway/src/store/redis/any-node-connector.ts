// Connects to the first node of a list that takes a connection, from another place of the list each time: for what any node of a
// cluster can do, such as listening to published messages.
import net from 'node:net';
import tls from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { RedisNode } from './redis-url.ts';

const CONNECT_MS_MAX = 1_000;
const DISCONNECT_MS_MAX = 2_000;

/** For the option `Connector` of a Redis client. */
export function connectorToAny(nodes: readonly RedisNode[], withTls: boolean): NonNullable<RedisOptions['Connector']> {
  return class AnyNodeConnector extends AbstractConnector {
    #turn = Math.floor(Math.random() * nodes.length);

    constructor() {
      super(DISCONNECT_MS_MAX);
    }

    /** Where none takes it the last one's failed connection is given back: then the client waits and tries again. */
    override async connect(): Promise<net.Socket> {
      this.connecting = true;
      for (let tried = 1; ; tried++) {
        const socket = await this.#try(nodes[this.#turn++ % nodes.length]!);
        if (!this.connecting) socket.destroy();
        if (!socket.destroyed || tried >= nodes.length) {
          this.stream = socket;
          return socket;
        }
      }
    }

    #try({ host, port }: RedisNode): Promise<net.Socket> {
      const socket = withTls ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });
      return new Promise((resolve) => {
        const late = setTimeout(() => socket.destroy(new Error('connect ETIMEDOUT')), CONNECT_MS_MAX);
        socket.once('error', (error) => {
          this.firstError = error;
        });
        const settle = () => {
          clearTimeout(late);
          resolve(socket);
        };
        socket.once(withTls ? 'secureConnect' : 'connect', settle).once('close', settle);
      });
    }
  };
}
