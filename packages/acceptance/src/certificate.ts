// What a run leaves behind: each case with what was seen, under which rules, and a hash over all of it.
import { createHash } from 'node:crypto';
import { canonicalJson } from '@playgate/policy';
import { PUBLISHED_CASES, type PublishedCase } from './published-cases.ts';

export const CERTIFICATE_SCHEMA = 'playgate-acceptance/2';

export interface CaseResult extends PublishedCase {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was seen, in order. */
  readonly observations: readonly string[];
  /** Why it failed or was skipped. */
  readonly why: string | null;
  /** Files beside the certificate. */
  readonly screenshots: readonly string[];
}

/**
 * `accepted`: every published case was played, but for those that were skipped for want of what they need, and none failed;
 * `partial`: some were left out, so that nothing follows for the integration; `rejected`: one failed.
 */
export type AcceptanceVerdict = 'accepted' | 'partial' | 'rejected';

export interface CertificateBody {
  readonly schema: typeof CERTIFICATE_SCHEMA;
  readonly suite: { readonly name: string; readonly version: string };
  readonly integration: { readonly name: string; readonly version: string };
  readonly gatewayUrl: string;
  readonly policy: { readonly id: string; readonly version: number; readonly hash: string };
  /** `virtual`: the driver moved the integration's clock; `real`: the suite waited. */
  readonly time: 'virtual' | 'real';
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly verdict: AcceptanceVerdict;
  readonly cases: readonly CaseResult[];
}

export interface Certificate extends CertificateBody {
  /** SHA-256 over the rest in canonical JSON (RFC 8785), hex. It shows a slip; a forger is shown by a signature. */
  readonly hash: string;
  /** Detached JWS over the rest in canonical JSON; `kid` is the thumbprint (RFC 7638) of the public key. Absent: not signed. */
  readonly signature?: string;
}

/** Ids of the published cases that were not even tried. */
export function leftOut(cases: readonly CaseResult[]): readonly string[] {
  const tried = new Set(cases.map(({ id }) => id));
  return PUBLISHED_CASES.map(({ id }) => id).filter((id) => !tried.has(id));
}

export function judge(cases: readonly CaseResult[]): AcceptanceVerdict {
  if (cases.some(({ outcome }) => outcome === 'failed')) return 'rejected';
  return leftOut(cases).length === 0 ? 'accepted' : 'partial';
}

export function certify(body: CertificateBody): Certificate {
  return { ...body, hash: hashOf(body) };
}

/** The hash is that of the rest; who made it, only a signature says. */
export function isIntact({ hash, signature: _signature, ...body }: Certificate): boolean {
  return hashOf(body) === hash;
}

function hashOf(body: CertificateBody): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}
