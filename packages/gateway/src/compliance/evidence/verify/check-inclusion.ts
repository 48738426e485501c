// That single entries are in the signed tree, for those who have not all of them.
import * as z from 'zod';
import type { Checkpoint } from '../checkpoint.ts';
import { verifyInclusion } from '../verify-proof.ts';
import { type Check, failed, messageOf, notChecked, ok } from './check.ts';

const inclusionFile = z.object({
  index: z.int().min(0),
  size: z.int().min(1),
  leafHash: z.string(),
  proof: z.array(z.string()).max(200),
});

export const inclusionTitleOf = (name: string): string => `${name}: inclusion`;

export const isInclusionProof = (json: unknown): boolean => inclusionFile.safeParse(json).success;

/** `checkpoints`: those whose own check did not fail. */
export function checkInclusion(name: string, text: string, checkpoints: readonly Checkpoint[]): Check {
  const title = inclusionTitleOf(name);
  try {
    const { index, leafHash, proof, size } = inclusionFile.parse(JSON.parse(text));
    const checkpoint = checkpoints.find((each) => each.size === size);
    if (checkpoint === undefined) return notChecked(title, `no checkpoint of ${size} entries was given`);
    const claim = { index, size, leaf: Buffer.from(leafHash, 'base64'), root: checkpoint.root };
    const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
    if (!verifyInclusion(claim, hashes)) return failed(title, `the proof of entry ${index} of ${size} does not hold`);
    return ok(title, `entry ${index} of ${size} has the leaf hash ${leafHash}`);
  } catch (error) {
    return failed(title, messageOf(error));
  }
}
