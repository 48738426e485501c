// What a run leaves behind: each case with what was seen, under which rules, and a hash over all of it.
import { createHash } from 'node:crypto';
import { canonicalJson } from '@playgate/policy';
import type { PublishedCase } from './published-cases.ts';

export const CERTIFICATE_SCHEMA = 'playgate-acceptance/1';

export interface CaseResult extends PublishedCase {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was seen, in order. */
  readonly observations: readonly string[];
  /** Why it failed or was skipped. */
  readonly why: string | null;
  /** Files beside the certificate. */
  readonly screenshots: readonly string[];
}

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
  /** No case failed. */
  readonly passed: boolean;
  readonly cases: readonly CaseResult[];
}

export interface Certificate extends CertificateBody {
  /** SHA-256 over the rest in canonical JSON (RFC 8785), hex. It shows a slip; a forger is shown by a signature. */
  readonly hash: string;
  /** Detached JWS over the rest in canonical JSON; `kid` is the thumbprint (RFC 7638) of the public key. Absent: not signed. */
  readonly signature?: string;
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
