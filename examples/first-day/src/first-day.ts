// One minor's day: two games, two devices, the limit, midnight. It moves the sandbox clock, so a day takes a second,
// prints the ledger, and fails when the ledger is not what the law says.
//
//   npm start                                                   in one terminal
//   pnpm --filter @playgate/example-first-day start             in another (or give a data directory as argument)
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { HeartbeatReply, PlaytimeReply, SessionOpened } from '@playgate/contract/wire';
import { GatewayClient } from './gateway-client.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 30_000;
const FIRST_DAY = '2026-10-14';
const SECOND_DAY = '2026-10-15';

interface Demo {
  readonly baseUrl: string;
  readonly secretKey: string;
}

/** A device with one session, and the number of its next heartbeat. */
interface Device {
  readonly name: string;
  readonly session: SessionOpened;
  seq: number;
}

const { positionals } = parseArgs({ allowPositionals: true });
const dataDirectory = path.resolve(positionals[0] ?? path.join(import.meta.dirname, '../../../.playgate'));
const demo = JSON.parse(readFileSync(path.join(dataDirectory, 'demo.json'), 'utf8')) as Demo;
const gateway = new GatewayClient(demo.baseUrl, demo.secretKey);

const clock = (instant: string | null) =>
  instant === null
    ? '-'
    : new Date(instant).toLocaleTimeString('en-GB', {
        timeZone: 'Asia/Ho_Chi_Minh',
        hour: '2-digit',
        minute: '2-digit',
      });
const minutes = (ms: number | null) => (ms === null ? '-' : `${Math.round(ms / 600) / 100} min`);
const at = (date: string, time: string) => `${date}T${time}:00.000+07:00`;

async function start(name: string, ageToken: string, gameId: string): Promise<Device> {
  const reply = await gateway.openSession(ageToken, gameId, name);
  if (reply.verdict === 'denied') throw new Error(`${name}: ${reply.reason}`);
  console.log(
    `${clock(reply.serverAt)}  ${name} starts ${gameId}: ${minutes(reply.remainingMs)} left, ends at ${clock(reply.endsAt)}`,
  );
  return { name, session: reply, seq: 0 };
}

/** Lets time pass in steps, every device beating at each, until it is over or the gateway ends one. */
async function play(devices: readonly Device[], durationMs: number): Promise<HeartbeatReply | null> {
  let warned = false;
  for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
    await gateway.advanceClock(Math.min(STEP_MS, durationMs - passedMs));
    for (const device of devices) {
      const reply = await gateway.heartbeat(device.session, ++device.seq);
      if (reply.verdict === 'warn' && !warned) {
        warned = true;
        console.log(`${clock(reply.serverAt)}  ${device.name} is warned: ${minutes(reply.remainingMs)} left`);
      }
      if (reply.verdict === 'end') {
        console.log(
          `${clock(reply.serverAt)}  ${device.name} is ended: ${reply.reason} (${reply.bindingRule?.id}), again from ${clock(reply.nextAllowedAt)}`,
        );
        console.log(`       ${reply.message.vi}`);
        return reply;
      }
    }
  }
  return null;
}

function print(ledger: PlaytimeReply): void {
  console.log(`\n${ledger.date} (${ledger.zone}): ${minutes(ledger.totalMs)} in all`);
  for (const game of ledger.games) {
    const runs = game.intervals.map(({ startedAt, endedAt }) => `${clock(startedAt)}-${clock(endedAt)}`).join(', ');
    console.log(`  ${game.gameId.padEnd(28)} ${minutes(game.usedMs).padStart(9)}   ${runs}`);
  }
}

function check(what: string, found: number | string | undefined, wanted: number | string): void {
  if (found === wanted) return;
  console.error(`\nwrong: ${what} is ${found}, should be ${wanted}`);
  process.exitCode = 1;
}

const { games } = await gateway.listGames();
const [first, second] = games.filter((game) => game.rating === '00+' || game.rating === '12+');
if (first === undefined || second === undefined) throw new Error('the sandbox has fewer than two games for children');

await gateway.freezeClock(at(FIRST_DAY, '10:00'));
const child = await gateway.verifyAge(`first-day-${Date.now()}`, '2011-05-01', '+84907654321');
if (child.ageToken === null) throw new Error(`not verified: ${child.outcome}`);
console.log(`A child of ${child.ageBand} with a guardian, one phone, one tablet. All times are in Vietnam.\n`);

const phone = await start('phone', child.ageToken, first.gameId);
await play([phone], 10 * MINUTE_MS);
const tablet = await start('tablet', child.ageToken, first.gameId);
await play([phone, tablet], 20 * MINUTE_MS);
await gateway.closeSession(phone.session, 'quit');
await play([tablet], 10 * MINUTE_MS);
await gateway.closeSession(tablet.session, 'quit');
const shared = await gateway.readPlaytime(child.playerId, FIRST_DAY);
check('10:00-10:30 and 10:10-10:40 on two devices', shared.totalMs, 40 * MINUTE_MS);

const again = await start('phone', child.ageToken, first.gameId);
const end = await play([again], 30 * MINUTE_MS);
check('the verdict at 60 minutes', end?.verdict, 'end');
await gateway.closeSession(again.session, 'limit');
const refused = await gateway.openSession(child.ageToken, first.gameId, 'phone');
check('a start after the limit', refused.verdict, 'denied');

await gateway.freezeClock(at(FIRST_DAY, '23:40'));
const late = await start('tablet', child.ageToken, second.gameId);
await play([late], 40 * MINUTE_MS);
await gateway.closeSession(late.session, 'quit');

const today = await gateway.readPlaytime(child.playerId, FIRST_DAY);
const tomorrow = await gateway.readPlaytime(child.playerId, SECOND_DAY);
print(today);
print(tomorrow);
check('the first day', today.totalMs, 80 * MINUTE_MS);
check('the first game', today.games.find(({ gameId }) => gameId === first.gameId)?.usedMs, 60 * MINUTE_MS);
check('the part after midnight', tomorrow.totalMs, 20 * MINUTE_MS);
await gateway.releaseClock();
console.log(process.exitCode ? '\nThe ledger is wrong.' : '\nThe ledger is what the law says.');
