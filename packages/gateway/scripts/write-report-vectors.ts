// Writes vectors/evidence/reports.json: a day with everything that reports count (src/compliance/evidence/testing/sample-day.ts),
// reports of it as the gateway makes and signs them, and how each is tampered with. They change only where a format does.
//   node --conditions=@playgate/source packages/gateway/scripts/write-report-vectors.ts
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { ReportDimension } from '@playgate/contract';
import { canonicalJson } from '@playgate/policy';
import { leafOf, type SubjectEvent } from '../src/compliance/compliance-event.ts';
import { formatCheckpoint } from '../src/compliance/evidence/checkpoint.ts';
import { CompactRange } from '../src/compliance/evidence/compact-range.ts';
import { signDetached } from '../src/compliance/evidence/detached-jws.ts';
import { goneLine } from '../src/compliance/evidence/gone-entry.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { formatVerifierKey, type NoteSigner, signNote } from '../src/compliance/evidence/signed-note.ts';
import {
  SAMPLE_DAY,
  SAMPLE_DAY_TOTALS,
  SAMPLE_NEXT_DAY,
  SAMPLE_ZONE,
  sampleDay,
} from '../src/compliance/evidence/testing/sample-day.ts';
import { SAMPLE_ORIGIN, sampleKeySet, sampleSigner } from '../src/compliance/evidence/testing/sample-log.ts';
import { keyIdOf } from '../src/compliance/evidence/verify/trusted-keys.ts';
import { writeDaily } from '../src/compliance/reports/daily-formats.ts';
import { makeReport } from '../src/compliance/reports/daily-report.ts';
import { REPORT_FORMS } from '../src/compliance/reports/forms/index.ts';
import { writePeriodic } from '../src/compliance/reports/periodic-formats.ts';
import { makePeriodicReport } from '../src/compliance/reports/periodic-report.ts';
import { regulatorAudience } from '../src/compliance/reports/report-audience.ts';
import { periodOf } from '../src/compliance/reports/report-form.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { SqlDayClosings } from '../src/store/sql/sql-day-closings.ts';
import { PROJECTOR, SqlProjector } from '../src/store/sql/sql-projector.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';

const VECTOR = new URL('../../../vectors/evidence/reports.json', import.meta.url);
/** After the half-year has closed. */
const NOW = Date.parse('2027-01-01T00:00:00Z');
const FORM = { id: 'vn-half-year', period: '2026-H2' };
const PROVIDERS = ['prv_0', 'prv_1'];

const [signer, stranger] = [sampleSigner(1), sampleSigner(3)];
const events = sampleDay();
const leaves = events.map(leafOf);

type Files = Readonly<Record<string, string>>;
const linesOf = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const signatureOf = (content: string, { publicKey, sign }: NoteSigner = signer) =>
  signDetached(Buffer.from(content), { keyId: keyIdOf(publicKey), sign });
const signed = (name: string, content: string): Files => ({ [name]: content, [`${name}.jws`]: signatureOf(content) });

function treeOf(texts: readonly string[]): Files {
  const tree = CompactRange.empty();
  for (const text of texts) tree.appendLeaf(leafHash(text));
  const text = formatCheckpoint({ origin: SAMPLE_ORIGIN, size: tree.size, root: tree.root() });
  return { 'entries.jsonl': linesOf(texts), checkpoint: signNote(text, [signer]) };
}

await using database = await openDatabase({ inMemory: true });
await keep(database);
const reports = await reportsOf(database);
const good: Files = {
  'keys.json': JSON.stringify(sampleKeySet([signer])),
  ...treeOf(leaves),
  ...Object.assign({}, ...Object.entries(reports).map(([name, content]) => signed(name, content))),
};

async function keep({ db }: Database): Promise<void> {
  const logged = events.map((event, seq) => ({ seq, event, leaf: leaves[seq]!, personId: null, playerId: null }));
  await db.transaction().execute(async (transaction) => {
    await new SqlProjector({ zoneOf: () => SAMPLE_ZONE }).apply(logged, transaction);
    for (const { event, leaf, seq } of logged) {
      const { game, kind, mode, provider } = event as SubjectEvent;
      const place = { month: 0, partition: 'p000', entry_id: String(seq), seq, at: Date.parse(event.at), leaf, kind };
      const of = { mode, provider_id: provider, game_id: game ?? null };
      await transaction
        .insertInto('events')
        .values({ ...place, ...of })
        .execute();
    }
    await transaction.insertInto('follower_cursors').values({ name: PROJECTOR, next_seq: logged.length }).execute();
  });
}

async function reportsOf({ db }: Database): Promise<Files> {
  const closings = new SqlDayClosings(db);
  const record = { catchUp: async () => true };
  const ports = { source: new SqlReportSource(db), record, closeDay: closings.close.bind(closings) };
  const common = { audience: regulatorAudience({ providerIds: PROVIDERS }), zone: SAMPLE_ZONE, filters: {}, now: NOW };
  const page = { after: null, rowsMax: 1_000 };
  const daily = (groupBy: readonly ReportDimension[], from = SAMPLE_DAY, to = SAMPLE_NEXT_DAY) =>
    makeReport(ports, { ...common, from, to, groupBy });
  const days = await daily(['day']);
  const { figures } = days.totals;
  for (const [name, value] of Object.entries(SAMPLE_DAY_TOTALS))
    assert.deepEqual(figures[name as keyof typeof figures], value, name);
  const form = REPORT_FORMS.get(FORM.id)!;
  const { period } = FORM;
  const filled = await makePeriodicReport(ports, { ...common, form, period, window: periodOf(form, period)! });
  const textOf = ({ content }: { readonly content: Uint8Array }) => Buffer.from(content).toString();
  return {
    'days.json': textOf(writeDaily(days, 'json', page)),
    'cells.jsonl': textOf(writeDaily(await daily(['provider', 'game', 'agent', 'province', 'day']), 'jsonl', page)),
    'next-day.json': textOf(writeDaily(await daily(['day'], SAMPLE_NEXT_DAY), 'json', page)),
    'form.json': textOf(await writePeriodic(filled, 'json')),
  };
}

/** Checks of the figures of reports that a wrong entry of the first day shows in. */
const FIRST_DAY = ['days.json: figures', 'cells.jsonl: figures', 'form.json: figures'];
const [DAYS, FORM_FIGURES] = ['days.json: figures', 'form.json: figures'];
/** No column of the form is about corrections. */
const CORRECTED = ['days.json: figures', 'cells.jsonl: figures', 'next-day.json: figures'];

const find = (kind: string, part = '') =>
  leaves.findIndex((leaf) => leaf.includes(`"kind":"${kind}"`) && leaf.includes(part));
function edited(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `${from} is there once`);
  return text.replace(from, to);
}
const changed = (at: number, from: string, to: string) => leaves.with(at, edited(leaves[at]!, from, to));
const renumbered = (texts: readonly string[]) =>
  texts.map((text, seq) => canonicalJson({ ...(JSON.parse(text) as object), seq }));
/** As many entries, so that a report cannot rest on more than there are. */
function silenced(at: number): readonly string[] {
  const { at: toldAt, date, entry, seq, source } = events[at]!;
  const nothing = { at: toldAt, date, entry, seq, source, kind: 'unreadable', data: { fieldsHash: 'c'.repeat(64) } };
  return leaves.with(at, canonicalJson(nothing));
}
const onlyEntries = (texts: readonly string[]): Files => ({ 'entries.jsonl': linesOf(texts) });

interface Case {
  readonly name: string;
  readonly key: string | null;
  /** Files of `good` that are others, with all of their content; null: it is not there. */
  readonly replaced: Readonly<Record<string, string | null>>;
  readonly outcome: string;
  /** Names of the checks that fail; no other does. */
  readonly failing: readonly string[];
}

const KEY = formatVerifierKey(signer);
const one = (
  name: string,
  replaced: Case['replaced'],
  failing: readonly string[],
  key: string | null = KEY,
  outcome = key === null ? 'unverified' : failing.length === 0 ? 'verified' : 'failed',
): Case => ({ name, key, replaced, outcome, failing });
const daysWith = (from: string, to: string) => edited(good['days.json']!, from, to);
const formWith = (from: string, to: string) => edited(good['form.json']!, from, to);
const [OVERRUN, OVERRUN_OF_BEFORE] = ['"overrunMs":62000', '"overrunMs":32000'];
const onOverrun = find('overrun', OVERRUN);
const lateClose = find('closed', '"overrunMs":91000');
const [undo, correction] = [find('corrected', '"undoes":"cor_1"'), find('corrected', '"correctionId":"cor_5"')];
const grantUndo = find('corrected', '"undoes":"cor_2"');
const merge = find('merged', '"game":"game-0"');
const SUM = `"overrunMs":${SAMPLE_DAY_TOTALS.overrunMs}`;
/** Rows and totals say it. */
const moreOverrun = good['days.json']!.replaceAll(SUM, '"overrunMs":32000');
const LESS_PLAY = formWith('"play_minutes":110', '"play_minutes":109');
const CUT_LINES = good['cells.jsonl']!.slice(0, -20);
const nextDay = good['next-day.json']!;
const OTHER_DAYS = nextDay.replace(`"from":"${SAMPLE_NEXT_DAY}"`, `"from":"${SAMPLE_DAY}"`);
const [before, after] = [find('opened', '"ses_on"'), find('play', '"ses_on"')];

const cases: readonly Case[] = [
  one('good', {}, []),
  one('without a key', {}, [], null),
  one(
    'by the key of a stranger',
    {},
    ['checkpoint', ...signatures(...Object.keys(reports))],
    formatVerifierKey(stranger),
  ),
  one('a figure changed', { 'days.json': daysWith('"correctionsMs":-300000', '"correctionsMs":-299999') }, [
    ...signatures('days.json'),
    DAYS,
  ]),
  one('a figure changed and signed', signed('days.json', daysWith('"correctionsMs":-300000', '"correctionsMs":0')), [
    DAYS,
  ]),
  one('overrun left out of rows and totals, and signed', signed('days.json', moreOverrun), [DAYS]),
  one('a cell of the form changed', { 'form.json': LESS_PLAY }, [...signatures('form.json'), FORM_FIGURES]),
  one('a cell of the form changed and signed', signed('form.json', LESS_PLAY), [FORM_FIGURES]),
  one(
    'a form of another half-year, signed',
    signed('form.json', formWith('"from":"2026-06-01"', '"from":"2026-10-02"')),
    [FORM_FIGURES],
  ),
  one('a report signed by a key that nobody believes', { 'form.json.jws': signatureOf(good['form.json']!, stranger) }, [
    ...signatures('form.json'),
  ]),
  one('the signature of another report', { 'days.json.jws': good['form.json.jws']! }, signatures('days.json')),
  one('a report of other days than it says, signed', signed('next-day.json', OTHER_DAYS), ['next-day.json: figures']),
  one('a form changed, its signature gone', { 'form.json': LESS_PLAY, 'form.json.jws': null }, [FORM_FIGURES]),
  one('a form without its signature, proven by its figures', { 'form.json.jws': null }, []),
  one(
    'a form changed, its signature and the entries gone',
    { 'form.json': LESS_PLAY, 'form.json.jws': null, 'entries.jsonl': null },
    [],
    KEY,
    'unverified',
  ),
  one('lines that lost their signature and their end', { 'cells.jsonl': CUT_LINES, 'cells.jsonl.jws': null }, [
    'cells.jsonl: figures',
  ]),
  one('a report without its file', { 'cells.jsonl': null }, signatures('cells.jsonl')),
  one('an entry changed', onlyEntries(changed(onOverrun, OVERRUN, OVERRUN_OF_BEFORE)), ['tree', ...FIRST_DAY]),
  one('an entry changed, the tree signed', treeOf(changed(onOverrun, OVERRUN, OVERRUN_OF_BEFORE)), FIRST_DAY),
  one('an overrun exchanged for nothing, the tree signed', treeOf(silenced(onOverrun)), FIRST_DAY),
  one(
    'a correction changed, the tree signed',
    treeOf(changed(correction, '"deltaMs":120000', '"deltaMs":60000')),
    CORRECTED,
  ),
  one('an undo exchanged for nothing, the tree signed', treeOf(silenced(undo)), CORRECTED),
  one(
    'an undo of a grant made a correction, the tree signed',
    treeOf(madeCorrection(grantUndo)),
    CORRECTED.slice(0, 2),
  ),
  one('a merge exchanged for nothing, the tree signed', treeOf(silenced(merge)), FIRST_DAY.slice(1)),
  one('a close told in time, the tree signed', treeOf(inTime(lateClose)), FIRST_DAY),
  one('an entry dropped, the others renumbered', onlyEntries(renumbered(leaves.toSpliced(onOverrun, 1))), ['tree']),
  // The reports rest on more entries than there are, as where the checkpoint is an older one: they are not proven.
  one('an entry dropped, the tree signed', treeOf(renumbered(leaves.toSpliced(onOverrun, 1))), [], KEY, 'unverified'),
  one('an entry dropped', onlyEntries(leaves.toSpliced(onOverrun, 1)), ['entries']),
  // Their figures may rest on it, so that they are not checked.
  one('an entry of which only the hash is left', onlyEntries(gone(onOverrun)), []),
  one('entries swapped', onlyEntries(leaves.with(before, leaves[after]!).with(after, leaves[before]!)), ['entries']),
  one('an overrun below nothing', onlyEntries(changed(onOverrun, OVERRUN, '"overrunMs":-1')), ['entries']),
  one(
    'an overrun of another player of the session',
    onlyEntries(changed(onOverrun, '"game":"game-0"', '"game":"game-1"')),
    ['entries'],
  ),
];

function signatures(...names: readonly string[]): readonly string[] {
  return names.map((name) => `${name}: signature`);
}
function gone(at: number): readonly string[] {
  return leaves.with(at, goneLine({ seq: at, leafHash: leafHash(leaves[at]!) }));
}
/** A grant takes nothing; of a game it would. */
function madeCorrection(at: number): readonly string[] {
  const event = JSON.parse(leaves[at]!) as { readonly data: object };
  const data = { ...event.data, game: 'game-0', deltaMs: -1_800_000 };
  return leaves.with(at, canonicalJson({ ...event, game: 'game-0', data }));
}
/** At an instant at which the day was still open. */
function inTime(at: number): readonly string[] {
  const [from, to] = [events[at]!.at, '2026-10-01T20:00:00.000Z'];
  return changed(at, `"at":"${from}"`, `"at":"${to}"`);
}

await writeFile(VECTOR, `${JSON.stringify({ good, cases }, null, 2)}\n`);
