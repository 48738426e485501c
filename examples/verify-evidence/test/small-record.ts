// A record of two days made by a gateway in this process, exported as a regulator exports it: limits reached, confirmed
// and not, a café, a refusal, silence, a correction, play over midnight; and signed reports of it.
import path from 'node:path';
import { createProgram } from '../../../packages/gateway/src/cli/program.ts';
import { Shop } from '../../../packages/gateway/test/support/shop.ts';
import {
  ADMIN_TOKEN,
  ManualClock,
  type Tenant,
  TestGateway,
} from '../../../packages/gateway/test/support/test-gateway.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = { from: '2026-11-20', to: '2026-11-21' } as const;
/** 18:00 in Vietnam on the first day. */
const STARTS_AT = Date.parse('2026-11-20T11:00:00.000Z');
const MIDNIGHT = Date.parse('2026-11-20T17:00:00.000Z');
/** Neither a whole second nor a tenth of one is left of the 1.2 s after the limit. */
const CONFIRMED_AGO_MS = 277;
const CLOSED_AT = Date.parse('2026-11-21T21:00:00.000Z');
const TEENAGER = '2009-05-01';
const PURPOSE = ['--purpose', 'inspection'];

export interface SmallRecord {
  /** Checkpoints, entries, keys, and the reports of `reports`. */
  readonly directory: string;
  readonly key: string;
  readonly reports: readonly string[];
}

export async function makeSmallRecord(directory: string): Promise<SmallRecord> {
  const clock = new ManualClock(STARTS_AT);
  await using gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  const shop = new Shop(gateway, clock);
  const [first, second] = [await shop.tenant('live'), await shop.tenant('live')];
  const body = { gameId: 'trang', title: 'Trăng', class: 'G1', rating: '00+', policyId: 'vn-147-2024' } as const;
  await gateway.call('createGame', { token: first.secretKey, body });
  const { body: created } = await gateway.call('createRegulator', {
    token: ADMIN_TOKEN,
    body: { name: 'Sở', scope: { providerIds: [first.providerId, second.providerId] } },
  });
  const connection = ['--url', gateway.baseUrl, '--key', created.key];
  const exportAll = () => run('evidence', 'export', ...connection, '--out', directory, ...PURPOSE);

  await playAtHome(gateway, clock, shop, first, second);
  await exportAll();
  await playAtCafe(gateway, clock, shop, first);
  await playOverMidnight(gateway, clock, shop, second);
  clock.set(CLOSED_AT);
  await gateway.call('getHealth', {});

  const reports = ['days.json', 'cells.jsonl', 'form.json'] as const;
  const out = (name: string) => ['--out', path.join(directory, name), ...connection, ...PURPOSE];
  const days = ['--from', DAYS.from, '--to', DAYS.to];
  await run('report', 'daily', ...days, ...out('days.json'));
  await run('report', 'daily', ...days, '--group-by', 'provider,game,agent,province,day', ...out('cells.jsonl'));
  await run('report', 'periodic', '--form', 'vn-half-year', '--period', '2026-H2', ...out('form.json'));
  await exportAll();
  const key = await run('evidence', 'key', '--url', gateway.baseUrl);
  return { directory, key, reports };
}

/** A command of `playgate`; tells what it printed. */
export async function run(...words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const program = createProgram({
    serve: () => Promise.reject(new Error('serves nothing here')),
    readConfig: () => {
      throw new Error('needs no configuration here');
    },
    now: () => CLOSED_AT,
    print: (line) => printed.push(line),
    note: () => undefined,
  });
  await program.parseAsync(['node', 'playgate', ...words]);
  return printed.join('\n');
}

async function playAtHome(gateway: TestGateway, clock: ManualClock, shop: Shop, first: Tenant, second: Tenant) {
  const child = await shop.guest(first, TEENAGER);
  const confirmed = await start(gateway, clock, first, child.ageToken, 'sao');
  await confirmed.playFor(2 * HOUR_MS);
  clock.advance(1_200);
  await confirmed.close('limit', true);
  // The hour of this game is over: refused.
  await gateway.call('openSession', {
    token: first.publishableKey,
    body: { ageToken: child.ageToken, gameId: 'sao' },
  });
  const two = [
    await start(gateway, clock, first, child.ageToken, 'trang'),
    await start(gateway, clock, second, (await shop.guest(second, TEENAGER)).ageToken, 'sao'),
  ];
  for (const session of two) await session.playFor(5 * MINUTE_MS);
  for (const session of two) await session.close('quit', false);
  const silent = await start(gateway, clock, first, (await shop.guest(first, TEENAGER)).ageToken, 'sao');
  await silent.playFor(3 * MINUTE_MS);
  clock.advance(10 * MINUTE_MS);
  await gateway.call('createCorrection', {
    token: first.secretKey,
    params: { playerId: child.playerId },
    body: { date: DAYS.from, gameId: 'trang', deltaMs: MINUTE_MS, reason: 'a minute the server lost' },
  });
}

async function playAtCafe(gateway: TestGateway, clock: ManualClock, shop: Shop, tenant: Tenant) {
  const { key } = await shop.agent({ opensAt: '08:00', closesAt: '21:45' });
  const { stationToken } = await shop.seat(key, 'Máy 1');
  const { ageToken } = await shop.guest(tenant, TEENAGER);
  clock.set(Date.parse('2026-11-20T14:40:00.000Z'));
  const session = await start(gateway, clock, tenant, ageToken, 'sao', stationToken);
  await session.playFor(20 * MINUTE_MS);
}

async function playOverMidnight(gateway: TestGateway, clock: ManualClock, shop: Shop, tenant: Tenant) {
  clock.set(MIDNIGHT - 10 * MINUTE_MS);
  const { ageToken } = await shop.guest(tenant, TEENAGER);
  const session = await start(gateway, clock, tenant, ageToken, 'sao');
  await session.playFor(20 * MINUTE_MS);
  await session.close('quit', false);
}

/** `close` with `confirms` says that play ended a moment ago, as the last answer told. */
async function start(
  gateway: TestGateway,
  clock: ManualClock,
  { publishableKey }: Tenant,
  ageToken: string,
  gameId: string,
  stationToken?: string,
) {
  const body = { ageToken, gameId, ...(stationToken !== undefined && { stationToken }) };
  const { body: opened } = await gateway.call('openSession', { token: publishableKey, body });
  if (opened.verdict !== 'play') throw new Error(`refused: ${opened.reason}`);
  const { sessionId, sessionToken: token } = opened;
  let seq = 0;
  const beat = async () => {
    seq += 1;
    const request = { token, params: { sessionId }, body: { seq, state: 'active' } } as const;
    return (await gateway.call('recordHeartbeat', request)).body;
  };
  const playFor = async (ms: number) => {
    const until = clock.now() + ms;
    for (let answer = await beat(); clock.now() < until && answer.verdict !== 'end'; answer = await beat())
      clock.advance(Math.min(until - clock.now(), MINUTE_MS / 2));
  };
  const close = (reason: string, confirms: boolean) => {
    const endedAt = new Date(clock.now() - CONFIRMED_AGO_MS).toISOString();
    return gateway.call('closeSession', {
      token,
      params: { sessionId },
      body: { reason, ...(confirms && { enforcement: { verdictSeq: seq, endedAt } }) },
    });
  };
  return { playFor, close };
}
