// A made-up log for tests and measurements: as many entries as wanted, each day's numbers adding up. The same for the same count.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatInstant } from '@playgate/policy';
import { type ComplianceEvent, leafOf } from '../../compliance-event.ts';
import { formatCheckpoint } from '../checkpoint.ts';
import { CompactRange } from '../compact-range.ts';
import { ed25519Signer, publicKeyOf } from '../ed25519.ts';
import { keySetOf } from '../key-set.ts';
import { leafHash } from '../merkle.ts';
import { formatVerifierKey, type NoteSigner, signNote } from '../signed-note.ts';
import { FILES } from '../verify/evidence-files.ts';
import { keyIdOf } from '../verify/trusted-keys.ts';

export const SAMPLE_ORIGIN = 'playgate.test/evidence';
const FIRST_DAY_AT = Date.parse('2026-10-01T00:00:00+07:00');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PEOPLE = 20_000;
const PROVIDERS = 40;
const PROVINCES = 30;
const GAMES = 5;
const SESSIONS_PER_DAY = 8_000;
/** 00:00 to 23:59: so many starts a minute. */
const SESSIONS_PER_MINUTE = Math.ceil(SESSIONS_PER_DAY / 1_380);
const LIMIT_MS = 3_600_000;

/** The key pair of the private key that has 32 bytes of this number. */
export function sampleSigner(byte: number, keyName: string = SAMPLE_ORIGIN): NoteSigner {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = publicKeyOf({ ...createPublicKey(privateKey).export({ format: 'jwk' }) });
  return { keyName, publicKey, sign: ed25519Signer(privateKey.export({ format: 'jwk' })) };
}

/** Sessions one after the other, four entries each: opened, play, ended, closed. */
export function* sampleEvents(count: number): Generator<ComplianceEvent> {
  const usedToday = new Map<string, number>();
  let day = -1;
  for (let seq = 0; seq < count; seq += 4) {
    const session = seq / 4;
    const today = Math.floor(session / SESSIONS_PER_DAY);
    if (today !== day) usedToday.clear();
    day = today;
    const events = sessionEvents(session, seq, usedToday);
    yield* events.slice(0, count - seq);
  }
}

function sessionEvents(session: number, seq: number, used: Map<string, number>): readonly ComplianceEvent[] {
  const today = Math.floor(session / SESSIONS_PER_DAY);
  const ofDay = session % SESSIONS_PER_DAY;
  // Nobody plays twice at once: the same person comes again after half of the day's sessions.
  const person = (today * 7 + (ofDay % (SESSIONS_PER_DAY / 2))) % PEOPLE;
  const provider = `prv_${person % PROVIDERS}`;
  const gameId = `game-${person % GAMES}`;
  const openedAt = FIRST_DAY_AT + today * DAY_MS + Math.floor(ofDay / SESSIONS_PER_MINUTE) * MINUTE_MS;
  const playMs = (5 + (session % 26)) * MINUTE_MS;
  const endedAt = openedAt + playMs;
  const before = used.get(String(person)) ?? 0;
  used.set(String(person), before + playMs);
  const usedMs = (ms: number) => ({ game: ms, provider: ms, agent: 0, person: 0 });
  const limitMs = { game: LIMIT_MS, provider: 3 * LIMIT_MS, agent: null, person: null };
  const date = new Date(openedAt + 7 * 3_600_000).toISOString().slice(0, 10);
  const isLate = session % 10 === 0;
  const event = (index: number, at: number, rest: object) =>
    ({
      seq: seq + index,
      entry: `p${String(person % 64).padStart(3, '0')}/${at}-${seq + index}`,
      at: formatInstant(at),
      date,
      source: 'live',
      mode: 'live',
      provider,
      person: commitmentOf(`person ${person}`),
      player: commitmentOf(`player ${person}`),
      session: `ses_${session}`,
      game: gameId,
      band: person % 3 === 0 ? '12_15' : '16_17',
      assurance: 'attested',
      protocol: 'client',
      province: `Province ${person % PROVINCES}`,
      policy: { id: 'vn-147-2024', version: 1, hash: '0'.repeat(64) },
      ...rest,
    }) as ComplianceEvent;
  return [
    event(0, openedAt, { kind: 'opened', data: { usedMs: usedMs(before), limitMs } }),
    event(1, endedAt, {
      kind: 'play',
      data: { from: formatInstant(openedAt), to: formatInstant(endedAt), leasedMs: 0 },
    }),
    event(2, endedAt, {
      kind: 'ended',
      data: {
        cause: isLate ? 'game' : 'closed',
        limitAt: isLate ? formatInstant(endedAt - 2_000) : null,
        orderedAt: isLate ? formatInstant(endedAt - 1_000) : null,
        usedMs: usedMs(before + playMs),
        limitMs,
        overrunMs: isLate ? 2_000 : 0,
        gaps: 0,
      },
    }),
    event(3, endedAt, {
      kind: 'closed',
      data: {
        reason: 'quit',
        clientEndedAt: formatInstant(endedAt),
        verdictSeq: isLate ? 3 : null,
        overrunMs: isLate ? 2_000 : 0,
      },
    }),
  ];
}

const commitmentOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

export const sampleLeaves = (count: number): readonly string[] => [...sampleEvents(count)].map(leafOf);

export interface SampleOptions {
  readonly directory: string;
  readonly leaves: Iterable<string>;
  readonly signers?: readonly NoteSigner[];
}

/** Writes leaves as an export that verifies; tells the public key. */
export async function writeSample({ directory, leaves, signers = [sampleSigner(1)] }: SampleOptions): Promise<string> {
  await mkdir(directory, { recursive: true });
  const tree = CompactRange.empty();
  const lines: string[] = [];
  for (const leaf of leaves) {
    tree.appendLeaf(leafHash(leaf));
    lines.push(`${leaf}\n`);
  }
  const text = formatCheckpoint({ origin: SAMPLE_ORIGIN, size: tree.size, root: tree.root() });
  await writeFile(path.join(directory, FILES.entries), lines.join(''));
  await writeFile(path.join(directory, FILES.checkpoint), signNote(text, signers));
  await writeFile(path.join(directory, FILES.keys), JSON.stringify(sampleKeySet(signers)));
  return formatVerifierKey(signers[0]!);
}

/** Without endorsements. */
export function sampleKeySet(signers: readonly NoteSigner[]) {
  return keySetOf(
    SAMPLE_ORIGIN,
    signers.map(({ publicKey }, index) => ({
      keyId: keyIdOf(publicKey),
      publicJwk: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
      signsFromAt: FIRST_DAY_AT - index * DAY_MS,
      signsUntilAt: index === 0 ? null : FIRST_DAY_AT - (index - 1) * DAY_MS,
      endorsement: null,
    })),
  );
}
