// What the gateway says about its record so that others can hold it to that: checkpoints, proofs, entries. It signs only a
// tree that has everything in it that it ever signed.
import { limits } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { World } from '../../directory/world.ts';
import { Fault } from '../../fault.ts';
import type { Record } from '../record.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { type EvidenceKey, type EvidenceKeys, noteSignerOf } from './evidence-keys.ts';
import type { EvidenceLog, HeldTree, KeptCheckpoint } from './evidence-log.ts';
import { isSameHash } from './merkle.ts';
import { keyHashOf, parseNote, signNote } from './signed-note.ts';
import type { LeafRange } from './subtrees.ts';
import { TileTree } from './tile-tree.ts';

/** The tree is not the one that was signed before: entries were lost, changed or replaced. Nothing is signed until somebody looks. */
export class EvidenceForkError extends Error {
  override readonly name = 'EvidenceForkError';
}

export interface EvidenceServicePorts {
  readonly log: EvidenceLog;
  readonly keys: EvidenceKeys;
  readonly record: Record;
  /** The name of the log. */
  readonly origin: string;
}

export interface EntryPage {
  readonly entries: AsyncIterable<readonly string[]>;
  /** Where the next page starts; null: there is no more of what was asked. */
  readonly nextStart: number | null;
}

export class EvidenceService {
  readonly origin: string;
  readonly #ports: EvidenceServicePorts;
  readonly #tree: TileTree;

  constructor(ports: EvidenceServicePorts) {
    this.#ports = ports;
    this.origin = ports.origin;
    this.#tree = new TileTree(ports.log.readTiles);
  }

  /** A signed checkpoint of all that has happened. Throws an EvidenceForkError. `now` is real time. */
  async checkpoint(now: Instant): Promise<string> {
    await this.#ports.record.catchUp();
    const latest = await this.#ports.log.latestCheckpoint();
    const signers = await this.#signers(now);
    const isCurrent = latest !== null && latest.size === (await this.#ports.log.size());
    if (isCurrent && isSignedBy(latest.note, signers)) return latest.note;
    const make = async (tree: HeldTree): Promise<KeptCheckpoint> => {
      await assertUnforked(tree);
      const root = await new TileTree(tree.readTiles).root(tree.size);
      const note = signNote(formatCheckpoint({ origin: this.origin, size: tree.size, root }), signers);
      return { size: tree.size, root, note, signedAt: now };
    };
    const kept = await this.#ports.log.keepCheckpoint(make);
    return kept!.note;
  }

  /** Throws an EvidenceForkError when the tree is not the one that was signed last. */
  async assertUnforked(): Promise<void> {
    await this.#ports.log.keepCheckpoint(async (tree) => {
      await assertUnforked(tree);
      return null;
    });
  }

  /** At most EVIDENCE_ENTRIES_MAX leaves from `start` to `last`, both included; null: to the end. */
  async entries(start: number, last: number | null, world: World | null): Promise<EntryPage> {
    await this.#ports.record.catchUp();
    const size = await this.#ports.log.size();
    const asked = last === null ? size : Math.min(last + 1, size);
    const end = Math.min(asked, start + limits.EVIDENCE_ENTRIES_MAX);
    const entries = this.#ports.log.readEntries({ start, end, world });
    return { entries, nextStart: end < asked ? end : null };
  }

  async inclusionProof(index: number, size: number): Promise<readonly Uint8Array[]> {
    await this.#assertSize('size', size);
    if (index >= size) throw beyond('index', `below the size, ${size}`);
    return this.#tree.inclusionProof(index, size);
  }

  async consistencyProof(from: number, to: number): Promise<readonly Uint8Array[]> {
    await this.#assertSize('to', to);
    if (from > to) throw beyond('from', `at most ${to}`);
    return this.#tree.consistencyProof(from, to);
  }

  async rangeProof({ end, start }: LeafRange, size: number) {
    await this.#assertSize('size', size);
    if (start >= end || end > size) throw beyond('end', `from the start to the last of ${size} leaves`);
    return this.#tree.rangeProof({ start, end }, size);
  }

  /** The root that the tree had when it was of this size. */
  root(size: number): Promise<Uint8Array> {
    return this.#tree.root(size);
  }

  leafHash(index: number): Promise<Uint8Array> {
    return this.#tree.leafHash(index);
  }

  /** All there ever were, newest first. `now` is real time. */
  keys(now: Instant): Promise<readonly EvidenceKey[]> {
    return this.#ports.keys.list(now);
  }

  async #signers(now: Instant) {
    return (await this.#ports.keys.signers(now)).map((signer) => noteSignerOf(signer, this.origin));
  }

  async #assertSize(name: string, size: number): Promise<void> {
    let known = await this.#ports.log.size();
    if (size > known) {
      await this.#ports.record.catchUp();
      known = await this.#ports.log.size();
    }
    if (size > known) throw beyond(name, `at most ${known}, the leaves there are`);
  }
}

function beyond(name: string, bound: string): Fault {
  return new Fault('invalid_request', 'See `errors` for what is wrong and where.', [
    { path: `query.${name}`, message: `must be ${bound}` },
  ]);
}

async function assertUnforked({ latest, readTiles, size }: HeldTree): Promise<void> {
  if (latest === null) return;
  if (size < latest.size) {
    throw new EvidenceForkError(`a tree of ${latest.size} leaves was signed, and now it has ${size}`);
  }
  const root = await new TileTree(readTiles).root(latest.size).catch((cause: unknown) => {
    throw new EvidenceForkError(`the tree of ${latest.size} leaves that was signed cannot be read`, { cause });
  });
  if (!isSameHash(root, latest.root)) {
    throw new EvidenceForkError(`the tree of ${latest.size} leaves has another root than the one that was signed`);
  }
}

function isSignedBy(note: string, signers: Parameters<typeof signNote>[1]): boolean {
  const wanted = signers.map((signer) => `${signer.keyName}+${keyHashOf(signer)}`);
  const present = parseNote(note).signatures.map(({ keyHash, keyName }) => `${keyName}+${keyHash}`);
  return wanted.length === present.length && wanted.every((key) => present.includes(key));
}
