// A million entries: how long `playgate verify` takes over them and how much memory, and that one entry changed, dropped,
// duplicated or moved among them is found, wherever it is. Prints one JSON line per figure; takes some minutes and 1 GB of disk.
//   node --conditions=@playgate/source load-tests/src/evidence.ts [entries]
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { leafOf } from '../../packages/gateway/src/compliance/compliance-event.ts';
import { formatCheckpoint } from '../../packages/gateway/src/compliance/evidence/checkpoint.ts';
import { CompactRange } from '../../packages/gateway/src/compliance/evidence/compact-range.ts';
import { leafHash } from '../../packages/gateway/src/compliance/evidence/merkle.ts';
import { signNote } from '../../packages/gateway/src/compliance/evidence/signed-note.ts';
import {
  SAMPLE_ORIGIN,
  sampleEvents,
  sampleKeySet,
  sampleSigner,
} from '../../packages/gateway/src/compliance/evidence/testing/sample-log.ts';
import { verifyDirectory } from '../../packages/gateway/src/compliance/evidence/verify/verify-directory.ts';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const LINES_PER_WRITE = 1_000;
const RANDOM_PLACES = 2;

const home = mkdtempSync(path.join(tmpdir(), 'playgate-evidence-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const signer = sampleSigner(1);

const print = (figure: string, values: object) => console.log(JSON.stringify({ figure, ...values }));

async function writeLines(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  async function* grouped() {
    let group: string[] = [];
    for await (const line of lines) {
      if (group.push(`${line}\n`) < LINES_PER_WRITE) continue;
      yield group.join('');
      group = [];
    }
    yield group.join('');
  }
  await pipeline(Readable.from(grouped()), createWriteStream(file));
}

async function makeGood(directory: string): Promise<void> {
  await mkdir(directory);
  const tree = CompactRange.empty();
  function* leaves() {
    for (const event of sampleEvents(ENTRIES)) {
      const leaf = leafOf(event);
      tree.appendLeaf(leafHash(leaf));
      yield leaf;
    }
  }
  await writeLines(path.join(directory, 'entries.jsonl'), leaves());
  const text = formatCheckpoint({ origin: SAMPLE_ORIGIN, size: tree.size, root: tree.root() });
  await writeFile(path.join(directory, 'checkpoint'), signNote(text, [signer]));
  await writeFile(path.join(directory, 'keys.json'), JSON.stringify(sampleKeySet([signer])));
}

async function verify(directory: string) {
  const startedAt = performance.now();
  let rssBytes = 0;
  const result = await verifyDirectory({
    directory,
    keys: [signer],
    onProgress: () => {
      rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
    },
  });
  return { ...result, seconds: (performance.now() - startedAt) / 1000, rssMb: Math.round(rssBytes / 1_048_576) };
}

/** The lines of an export with those from `at` on as `change` gives them; it is told the next line too. */
type Change = (line: string, next: string) => readonly string[];

async function* changed(file: string, at: number, change: Change): AsyncIterable<string> {
  let index = 0;
  let held: string | null = null;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (index === at) held = line;
    else if (held !== null) {
      yield* change(held, line);
      held = null;
    } else yield line;
    index += 1;
  }
  if (held !== null) yield* change(held, '');
}

const whole = (lines: readonly string[]) => lines.filter((line) => line !== '');
const CHANGES: Readonly<Record<string, Change>> = {
  changed: (line, next) => whole([line.replace('"source":"live"', '"source":"leas"'), next]),
  dropped: (_, next) => whole([next]),
  duplicated: (line, next) => whole([line, line, next]),
  moved: (line, next) => (next === '' ? [] : [next, line]),
};

const good = path.join(home, 'good');
await makeGood(good);
const first = await verify(good);
print('evidence_verify', {
  entries: ENTRIES,
  outcome: first.outcome,
  seconds: Number(first.seconds.toFixed(1)),
  entriesPerSecond: Math.round(ENTRIES / first.seconds),
  rssMb: first.rssMb,
  checks: first.checks.map(({ name, state }) => `${name}: ${state}`),
});

const bad = path.join(home, 'bad');
await mkdir(bad);
for (const name of ['checkpoint', 'keys.json']) await copyFile(path.join(good, name), path.join(bad, name));
const places = [0, ENTRIES - 1, ...Array.from({ length: RANDOM_PLACES }, () => Math.floor(Math.random() * ENTRIES))];
for (const [name, change] of Object.entries(CHANGES)) {
  const missed: number[] = [];
  for (const at of places) {
    await writeLines(path.join(bad, 'entries.jsonl'), changed(path.join(good, 'entries.jsonl'), at, change));
    if ((await verify(bad)).outcome !== 'failed') missed.push(at);
  }
  print('evidence_tampering', { entries: ENTRIES, change: name, places, found: places.length - missed.length, missed });
  if (missed.length > 0) process.exitCode = 1;
}
