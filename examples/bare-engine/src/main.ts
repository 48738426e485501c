// Plays to the limit in the bare engine, against the sandbox of `npm start`, moving the sandbox's clock:
// node src/main.ts [data directory of the gateway]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createPlaygateServer } from '@playgate/sdk/server';
import { build } from 'esbuild';
import { BareEngine } from './engine.ts';

const STEP_MS = 10_000;
const MINUTE_MS = 60_000;

interface Sandbox {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly games: readonly { readonly gameId: string }[];
}

const [dataDir = '../../.playgate'] = process.argv.slice(2);
const sandbox = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')) as Sandbox;
const { baseUrl: gatewayUrl, publishableKey, secretKey } = sandbox;

/** What a game's server does: it knows the player, and asks how old the gateway takes them to be. */
async function logIn() {
  const { ages } = createPlaygateServer({ gatewayUrl, secretKey });
  const phone = { phone: '+84901234567', phoneVerified: true };
  const playerRef = `bare-engine-${Date.now()}`;
  // 16, or 17 where the next year has begun already.
  const birthDate = `${new Date().getUTCFullYear() - 16}-01-01`;
  const { ageToken } = await ages.verify({ playerRef, method: 'attested', birthDate, ...phone });
  if (ageToken === null) throw new Error('not verified');
  return { gatewayUrl, publishableKey, gameId: sandbox.games[0]!.gameId, ageToken };
}

async function clock(method: string, route: string, body: object | null): Promise<void> {
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' };
  const response = await fetch(gatewayUrl + route, {
    method,
    headers,
    ...(body !== null && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** The engine's time and the sandbox's. */
async function playOn(engine: BareEngine, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
    await clock('POST', '/v1/sandbox/clock/advance', { ms: STEP_MS });
    await engine.playOn(STEP_MS);
  }
}

await clock('PUT', '/v1/sandbox/clock', { now: `${new Date().toISOString().slice(0, 10)}T12:00:00+07:00` });
const bundle = await build({
  entryPoints: [path.join(import.meta.dirname, 'game.ts')],
  bundle: true,
  write: false,
  format: 'iife',
});
const engine = new BareEngine();
engine.run(bundle.outputFiles[0]!.text, await logIn());

await playOn(engine, 20 * MINUTE_MS);
engine.setBackground(true);
await playOn(engine, 10 * MINUTE_MS);
engine.setBackground(false);
await playOn(engine, 41 * MINUTE_MS);
await clock('DELETE', '/v1/sandbox/clock', null);
