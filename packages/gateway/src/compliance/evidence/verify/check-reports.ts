// Reports that lie beside the evidence: who signed them, and whether their figures follow from the entries.
import { canonicalJson } from '@playgate/policy';
import { verifyDetached } from '../detached-jws.ts';
import { type Check, failed, notChecked, ok } from './check.ts';
import type { Trust } from './check-signatures.ts';
import { SIGNATURE_ENDING } from './evidence-files.ts';
import { keyIdOf } from './trusted-keys.ts';

export interface ReportFile {
  readonly name: string;
  /** Null: there is only a signature. */
  readonly content: Buffer | null;
  /** Null: none was given. */
  readonly signature: string | null;
}

/** `isExport`: what a signature lies for must lie beside it. */
export function checkReportSignature({ content, name, signature }: ReportFile, trust: Trust, isExport: boolean): Check {
  const title = signatureTitleOf(name);
  if (signature === null) return notChecked(title, `${name}${SIGNATURE_ENDING} was not given`);
  if (content === null && !isExport) return notChecked(title, `${name} was not given`);
  if (content === null) return failed(title, `there is ${name}${SIGNATURE_ENDING} and no ${name}`);
  const keys = new Map(trust.keys.map((publicKey) => [keyIdOf(publicKey), publicKey]));
  const keyId = payloadsOf(name, content)
    .map((payload) => verifyDetached(signature, payload, (id) => keys.get(id)))
    .find((id) => id !== null);
  if (keyId == null) return failed(title, 'no believed key signed these bytes');
  if (trust.check.state !== 'ok') return notChecked(title, `signed by ${keyId}, a key that came with it`);
  return ok(title, `signed by ${keyId}`);
}

export const signatureTitleOf = (name: string): string => `${name}: signature`;

/** The bytes; of JSON that somebody wrote anew, its canonical form too. */
function payloadsOf(name: string, content: Buffer): readonly Uint8Array[] {
  if (!name.endsWith('.json')) return [content];
  try {
    return [content, Buffer.from(canonicalJson(JSON.parse(content.toString())))];
  } catch {
    return [content];
  }
}
