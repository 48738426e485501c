// A player signs in with an identity provider, and plays. All of it runs here: the provider, a gateway that knows it, the
// server of a game, and a browser without a screen. Fails when the player is not who the provider says.
//
//   pnpm --filter @playgate/example-oidc-login start -- --data-dir /tmp/oidc-login
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { AgeVerificationReply, HeartbeatReply, OpenSessionReply, PlaytimeReply } from '@playgate/contract/wire';
import { Browser } from './browser.ts';
import { GameServer } from './game-server.ts';
import { findFreePort, GatewayProcess } from './gateway.ts';
import { CLIENT_ID, CLIENT_SECRET, startIdentityProvider } from './identity-provider.ts';

const MINUTE_MS = 60_000;
/** 30 s apart, as a client of the Vietnamese rules beats. */
const BEAT_MS = 30_000;
const PLAYED_MS = 10 * MINUTE_MS;

const { values } = parseArgs({
  // pnpm hands its own `--` on.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { 'data-dir': { type: 'string' } },
});
const dataDir = path.resolve(values['data-dir'] ?? mkdtempSync(path.join(tmpdir(), 'playgate-oidc-login-')));
mkdirSync(dataDir, { recursive: true });

const port = await findFreePort();
const provider = await startIdentityProvider(`http://127.0.0.1:${port}/v1/oidc/callback`);
const game = new GameServer();
await game.listen();

const oidcFile = path.join(dataDir, 'oidc.json');
const issuer = {
  issuer: provider.issuer,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  scopes: ['openid', 'profile', 'phone'],
  claims: { birthDate: 'birthdate', phone: 'phone_number', phoneVerified: 'phone_number_verified' },
  assurance: 'document',
  returnUrls: [game.returnUrl],
};
writeFileSync(oidcFile, JSON.stringify({ issuers: [issuer] }, null, 2), { mode: 0o600 });

const gateway = await GatewayProcess.start(port, dataDir, oidcFile);
try {
  await run();
} finally {
  await gateway.stop();
  game.close();
  provider.close();
}

async function run(): Promise<void> {
  const { secretKey, games } = gateway.sandbox;
  game.attach({ gatewayUrl: gateway.url, secretKey, issuer: provider.issuer });
  // The sandbox stands at a morning of play; the tokens of the provider bear real time all the same.
  await ask('PUT', '/v1/sandbox/clock', { now: '2026-10-14T10:00:00+07:00' });

  const browser = new Browser();
  const page = await browser.open(`${game.url}/sign-in?player=account-${Date.now()}`, 'linh');
  console.log(browser.visited.map((visit) => `  ${visit}`).join('\n'));
  const verified = JSON.parse(page) as AgeVerificationReply;
  const { ageBand, assurance, outcome, status } = verified;
  console.log(`\n${status}: ${outcome}, band ${ageBand}, assurance ${assurance}`);
  check('the outcome', outcome, 'verified');
  check('the band of who was born on 30 April 2009', ageBand, '16_17');

  const gameId = games.find(({ rating }) => rating === '00+' || rating === '12+')!.gameId;
  const session = await ask<OpenSessionReply>('POST', '/v1/sessions', { ageToken: verified.ageToken, gameId });
  if (session.verdict === 'denied') throw new Error(`no play: ${session.reason}`);
  console.log(`plays ${gameId}: ${session.remainingMs! / MINUTE_MS} minutes left`);
  for (let seq = 1; seq * BEAT_MS <= PLAYED_MS; seq++) {
    await ask('POST', '/v1/sandbox/clock/advance', { ms: BEAT_MS });
    const beats = `/v1/sessions/${session.sessionId}/heartbeats`;
    const reply = await ask<HeartbeatReply>('POST', beats, { seq, state: 'active' }, session.sessionToken);
    check('the verdict', reply.verdict, 'continue');
  }
  await ask('POST', `/v1/sessions/${session.sessionId}/close`, { reason: 'quit' }, session.sessionToken);
  const day = await ask<PlaytimeReply>('GET', `/v1/players/${verified.playerId}/playtime?date=2026-10-14`);
  console.log(`played ${day.totalMs / MINUTE_MS} minutes`);
  check('the ledger', day.totalMs, PLAYED_MS);
  await ask('DELETE', '/v1/sandbox/clock');
}

async function ask<Reply>(
  method: string,
  address: string,
  body?: object,
  token = gateway.sandbox.secretKey,
): Promise<Reply> {
  const response = await fetch(gateway.url + address, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Reply;
}

function check(what: string, found: unknown, wanted: unknown): void {
  if (found === wanted) return;
  console.error(`wrong: ${what} is ${found}, should be ${wanted}`);
  process.exitCode = 1;
}
