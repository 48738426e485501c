// `npm start` of an example with a page: node ../harness/src/serve.ts [data directory of the gateway] [port]
import path from 'node:path';
import { GameServer } from './game-server.ts';
import { readSandbox } from './sandbox.ts';

const PORT_DEFAULT = 8090;
const [dataDir = path.resolve('../../.playgate'), port = String(PORT_DEFAULT)] = process.argv.slice(2);

const server = await GameServer.start({ folder: process.cwd(), sandbox: readSandbox(dataDir), port: Number(port) });
console.log(`the game is at ${server.url}`);
