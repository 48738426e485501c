// A day of an internet café in the sandbox: too early, open, who plays where, an end from the counter, closing time, and the
// access log of the day. It moves the sandbox clock, and fails when something is not as the rules say.
//
//   npm start                                                      in one terminal
//   pnpm --filter @playgate/example-cafe-station start             in another (or give a data directory as argument)
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { HeartbeatReply, SessionOpened } from '@playgate/contract/wire';
import { CafeClient, type Demo } from './cafe-client.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 30_000;
const DAY = '2026-10-16';

const { positionals } = parseArgs({ allowPositionals: true });
const dataDirectory = path.resolve(positionals[0] ?? path.join(import.meta.dirname, '../../../.playgate'));
const demo = JSON.parse(readFileSync(path.join(dataDirectory, 'demo.json'), 'utf8')) as Demo;
const cafe = new CafeClient(demo);

const at = (time: string) => `${DAY}T${time}+07:00`;

function check(what: string, found: unknown, wanted: unknown): void {
  console.log(`${found === wanted ? 'ok   ' : 'WRONG'} ${what}: ${found}`);
  if (found !== wanted) process.exitCode = 1;
}

async function customer(birthDate: string): Promise<string> {
  const verified = await cafe.verifyAge(`customer-${Date.now()}-${birthDate}`, birthDate);
  if (verified.ageToken === null) throw new Error(`not verified: ${verified.outcome}`);
  return verified.ageToken;
}

async function sit(ageToken: string, gameId: string, stationToken: string): Promise<SessionOpened> {
  const opened = await cafe.open(ageToken, gameId, stationToken);
  if (opened.verdict === 'denied') throw new Error(opened.reason);
  return opened;
}

/** Beats twice a minute, as the SDK does, until the time is over or the session. */
async function play(session: SessionOpened, firstSeq: number, durationMs: number): Promise<HeartbeatReply> {
  let reply = await cafe.beat(session, firstSeq);
  for (let passedMs = 0; passedMs < durationMs && reply.verdict !== 'end'; passedMs += STEP_MS) {
    await cafe.advanceClock(STEP_MS);
    reply = await cafe.beat(session, reply.seq + 1);
  }
  return reply;
}

const game = (await cafe.listGames()).games.find(({ rating }) => rating === '00+' || rating === '12+');
if (game === undefined) throw new Error('the sandbox has no game for children');
const { gameId } = game;
await cafe.setClock(at('07:59:59'));
const { key } = await cafe.registerCafe('Quán Net Hoàn Kiếm');
const [first, second] = [await cafe.addSeat(key, 'Máy 1'), await cafe.addSeat(key, 'Máy 2')];
const [adult, teenager] = [await customer('1990-05-01'), await customer('2009-05-01')];

const early = await cafe.open(adult, gameId, first.stationToken);
check('an adult at 07:59:59', early.verdict === 'denied' ? early.reason : early.verdict, 'agent_closed');

await cafe.setClock(at('10:00:00'));
const morning = await sit(teenager, gameId, first.stationToken);
await play(morning, 1, 10 * MINUTE_MS);
const [live] = await cafe.liveSessions(key);
check('who plays', `${live?.stationLabel} ${live?.ageBand} ${live?.state}`, 'Máy 1 16_17 active');
check('until', live?.endsAt, new Date(at('11:00:00')).toISOString());
await cafe.endSession(key, morning.sessionId, 'power_cut');
await cafe.advanceClock(STEP_MS);
const told = await cafe.beat(morning, 1_000);
check('the next heartbeat', told.verdict === 'end' ? told.reason : told.verdict, 'agent_ended');

await cafe.setClock(at('21:50:00'));
const evening = await sit(adult, gameId, second.stationToken);
check('an adult plays until', evening.endsAt, new Date(at('22:00:00')).toISOString());
const closed = await play(evening, 1, 15 * MINUTE_MS);
check('at closing time', closed.verdict === 'end' ? closed.reason : closed.verdict, 'agent_closed');
check('nobody plays', (await cafe.liveSessions(key)).length, 0);

const log = await cafe.accessLog(key, DAY);
console.log(`\n${log.trimEnd()}`);
check('rows of the access log', log.trimEnd().split('\r\n').length - 1, 3);
await cafe.releaseClock();
