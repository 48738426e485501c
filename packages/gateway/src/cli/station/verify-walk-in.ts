// A customer without an account. What staff read from the document shown goes into one age verification by the provider's
// server key, and nowhere else: not to the screen, a log or the session. The document's number makes two visits of one
// person the same person; without it a child could start anew at every visit.
import { randomUUID } from 'node:crypto';
import type { AgeVerificationReply } from '@playgate/contract/wire';
import { askGateway } from '../gateway-http.ts';

export interface WalkInOptions {
  readonly url: string;
  /** `sk_...`: only the provider can vouch for an age. */
  readonly serverKey: string;
}

/** Puts a question to staff; the answer without its line end. */
export type Ask = (question: string) => Promise<string>;

export type WalkIn =
  | { readonly verdict: 'verified'; readonly ageToken: string }
  /** Staff could not confirm it: nothing was sent. */
  | { readonly verdict: 'not_confirmed' }
  | { readonly verdict: 'refused'; readonly outcome: string };

const YES = /^(y|yes|c|có|co)$/i;

/** Throws a CommandError when the gateway is away or finds what was typed wrong. */
export async function verifyWalkIn({ serverKey, url }: WalkInOptions, ask: Ask): Promise<WalkIn> {
  if (!isYes(await ask('Has the player shown an identity document? [y/N] '))) return { verdict: 'not_confirmed' };
  const nationalId = (await ask('Number of the document: ')).trim();
  const birthDate = (await ask('Date of birth on it (YYYY-MM-DD): ')).trim();
  const phone = (await ask('Mobile number, as +84...: ')).trim();
  const phoneVerified = isYes(await ask('Has it just been called, or a code sent to it and shown? [y/N] '));
  if (nationalId === '' || birthDate === '' || !phoneVerified) return { verdict: 'not_confirmed' };
  const body = {
    playerRef: `walk-in-${randomUUID()}`,
    method: 'attested',
    birthDate,
    phone,
    phoneVerified,
    nationalId,
  };
  const response = await askGateway({ url, key: serverKey }, { method: 'POST', path: '/v1/age-verifications', body });
  const reply = (await response.json()) as AgeVerificationReply;
  const { ageToken = null, outcome } = reply as { readonly ageToken?: string | null; readonly outcome?: string };
  return ageToken === null || outcome !== 'verified'
    ? { verdict: 'refused', outcome: outcome ?? 'rejected' }
    : { verdict: 'verified', ageToken };
}

const isYes = (answer: string): boolean => YES.test(answer.trim());
