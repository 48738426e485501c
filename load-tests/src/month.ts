// A generated month through the real pump, killed in the middle, and everything that is said of it afterwards held against what
// happened: the log, the daily reports and both forms, the evidence, and evidence that was tampered with. See README.md.
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '../../packages/gateway/src/store/sql/open-database.ts';
import { type Cast, makeCast } from './month/cast.ts';
import { runCli, startGateway, TAMPERS, tamperWithParts, tamperWithWhole } from './month/check-evidence.ts';
import { checkLog } from './month/check-log.ts';
import { ReportComparison } from './month/compare-reports.ts';
import { appendGatewayEntries, enrol, openMonth, truthOf } from './month/open-month.ts';
import { fillStreams, pumpMonth } from './month/pump-month.ts';
import { Recount } from './month/recount.ts';
import { startPostgres, startRedis } from './servers.ts';

const isQuick = process.argv.includes('--quick');
const EVENTS = Number(process.env.EVENTS ?? (isQuick ? 50_000 : 1_000_000));
/** Through a real Redis, beside the streams that are made up. */
const REDIS_EVENTS = Math.min(EVENTS, isQuick ? 5_000 : 50_000);
const SEED = Number(process.env.SEED ?? 147);
const PARTITIONS = 64;
const TAMPERINGS = 50;
const TAMPERS_OF_WHOLE = isQuick ? ['changed a commitment'] : Object.keys(TAMPERS);
const EXAMPLES_MAX = 10;
/** Few persons do not make exactly as many events as were asked for. */
const SMALL_SHARE_MIN = 0.9;

const home = await mkdtemp(path.join(tmpdir(), 'playgate-month-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
/** Some twenty processes are started: each compiles only what the first ones did not. */
process.env.NODE_COMPILE_CACHE = path.join(home, 'compiled');
const startedAt = performance.now();

function tell(figure: string, value: number, target: string, isMet: boolean, more: object = {}): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const verdict = isMet ? 'pass' : 'fall short';
  const load = loadavg()[0]!.toFixed(1);
  console.log(JSON.stringify({ figure, value, target, verdict, ...more, seconds, load }));
  if (!isMet) process.exitCode = 1;
}

const tellNone = (figure: string, problems: readonly string[], more: object = {}) =>
  tell(figure, problems.length, '0', problems.length === 0, { ...more, examples: problems.slice(0, EXAMPLES_MAX) });

interface Through {
  readonly name: string;
  readonly events: number;
  readonly seed: number;
  readonly isThroughRedis: boolean;
}

async function check({ events, isThroughRedis, name, seed }: Through): Promise<void> {
  const size = { events, partitions: PARTITIONS, seed };
  const cast = makeCast(size);
  await using postgres = await startPostgres();
  await using database = await openDatabase({ databaseUrl: postgres.url });
  await enrol(database, cast);
  const directory = path.join(home, `trimmed-${name}`);
  const pumpedAt = performance.now();
  const appending = openMonth(database, nothingToRead).then((month) => appendGatewayEntries(month, cast));
  let kills: number;
  if (isThroughRedis) {
    await using redis = await startRedis();
    await fillStreams(redis.url, cast);
    kills = await pumpMonth({ size, databaseUrl: postgres.url, directory, redisUrl: redis.url });
  } else kills = await pumpMonth({ size, databaseUrl: postgres.url, directory });
  await appending;
  const { followers } = await openMonth(database, nothingToRead);
  await followers.run();
  const pumpSeconds = Math.round((performance.now() - pumpedAt) / 1000);
  tell(`${name}: kills of the pump`, kills, '2', kills === 2, { pumpSeconds, minors: cast.minors });

  const { root, ...log } = await checkLog(database, cast);
  const eventsMin = isThroughRedis || isQuick ? events * SMALL_SHARE_MIN : events;
  tell(`${name}: events in the log`, log.events, `>= ${eventsMin}`, log.events >= eventsMin);
  const wrong = log.missing + log.extra + log.misplaced;
  tell(`${name}: entries missing, twice or out of order`, wrong, '0', wrong === 0, log);

  const truth = truthOf(cast);
  const comparison = new ReportComparison(database, new Recount(truth), cast);
  await comparison.compareDaily();
  const { figures, problems, reports, rows } = comparison;
  const { merges, sessions } = truth;
  const counts = { reports, rows, figures, sessions: sessions.length, merges: merges.length };
  tellNone(`${name}: figures of daily reports that differ from the recount`, problems, counts);
  const forms = new ReportComparison(database, new Recount(truth), cast);
  await forms.comparePeriodic();
  tellNone(`${name}: figures of forms that differ from the recount`, forms.problems, {
    rows: forms.rows,
    figures: forms.figures,
  });
  await checkEvidence(name, postgres.url, { cast, root, events: log.events });
}

const nothingToRead = {
  readBacklog: async () => [],
  readEntries: async () => [],
  trimEntries: async () => {},
};

async function checkEvidence(
  name: string,
  databaseUrl: string,
  { cast, events, root }: { readonly cast: Cast; readonly events: number; readonly root: Buffer },
): Promise<void> {
  const providerIds = cast.providers.map(({ providerId }) => providerId);
  const dataDir = path.join(home, `gateway-${name}`);
  await using gateway = await startGateway({ databaseUrl, dataDir, providerIds });
  const [keyFile, out] = [path.join(home, `${name}.key`), path.join(home, `evidence-${name}`)];
  const at = ['--url', gateway.url, '--key', gateway.key];
  const { stdout: verifierKey } = await runCli('evidence', 'key', '--url', gateway.url);
  await writeFile(keyFile, verifierKey);
  await runCli('evidence', 'export', ...at, '--out', out);
  const periodic = ['report', 'periodic', ...at, '--purpose', 'month', '--out', `${out}/`];
  await runCli(
    ...periodic,
    '--form',
    'vn-half-year',
    '--period',
    '2026-H2',
    '--province',
    'Hà Nội',
    '--format',
    'json',
  );
  await runCli(...periodic, '--form', 'vn-children-year', '--period', '2026', '--format', 'json');

  const checkpoint = await fetch(`${gateway.url}/v1/evidence/checkpoint`, {
    headers: { authorization: `Bearer ${gateway.key}`, 'playgate-purpose': 'month' },
  });
  const [, leaves, signedRoot] = (await checkpoint.text()).split('\n');
  const isSigned = Number(leaves) === events && signedRoot === root.toString('base64');
  tell(`${name}: leaves under the signed root`, Number(leaves), String(events), isSigned);

  const verifiedAt = performance.now();
  const { code, stdout } = await runCli('verify', out, '--key', keyFile);
  const verifySeconds = Math.round((performance.now() - verifiedAt) / 1000);
  const lines = stdout.split('\n');
  const figures = lines.filter((line) => /^ok .*: figures/.test(line)).length;
  tell(`${name}: exit code of playgate verify`, code, '0', code === 0, { verifySeconds, ...(code !== 0 && { lines }) });
  tell(`${name}: forms that verify by the entries`, figures, '2', figures === 2, figures === 2 ? {} : { lines });

  const size = events;
  const parts = await tamperWithParts(gateway, { home, verifierKey: verifierKey.trim(), size, times: TAMPERINGS });
  tellNone(`${name}: tamperings not found, in parts`, parts.missed, { tried: parts.tried });
  const whole = await tamperWithWhole(out, { home, keyFile, size, names: TAMPERS_OF_WHOLE });
  tellNone(`${name}: tamperings not found, among all`, whole.missed, { tried: whole.tried });
  await rm(out, { recursive: true });
}

if (process.env.ONLY !== 'redis') await check({ name: 'month', events: EVENTS, seed: SEED, isThroughRedis: false });
if (process.env.ONLY !== 'streams') {
  await check({ name: 'month through Redis', events: REDIS_EVENTS, seed: SEED + 1, isThroughRedis: true });
}
