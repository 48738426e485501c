// The sandbox of a gateway that was started with `npm start`: its keys and games are in `.playgate/demo.json`.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Sandbox {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly games: readonly { readonly gameId: string; readonly title: string }[];
}

/** @param dataDir of the gateway @throws Error when no gateway was started there */
export function readSandbox(dataDir: string): Sandbox {
  return JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')) as Sandbox;
}
