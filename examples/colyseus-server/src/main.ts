// node src/main.ts [data directory of the gateway] [port]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startRooms } from './start-rooms.ts';

interface Sandbox {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly games: readonly { readonly gameId: string }[];
}

const PORT_DEFAULT = '2567';
const [dataDir = '../../.playgate', port = PORT_DEFAULT] = process.argv.slice(2);
const { baseUrl, games, secretKey } = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')) as Sandbox;

const playgate = { gatewayUrl: baseUrl, secretKey };
const { url } = await startRooms({ playgate, gameId: games[0]!.gameId, port: Number(port) });
console.log(`rooms at ${url}`);
