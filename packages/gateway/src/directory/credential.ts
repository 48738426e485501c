// The shape of the secrets that callers present: API keys and station tokens. They carry enough randomness
// that an unkeyed hash of one cannot be searched, so only its SHA-256 and a hint are kept.
import { hash } from 'node:crypto';
import { randomText } from './random-text.ts';
import type { Mode } from './world.ts';

/** 238 bits in base62; the least asked for is 192. */
export const CREDENTIAL_RANDOM_LENGTH = 40;
/** Characters kept in clear so that an operator can tell keys apart: the prefix and four more. */
const HINT_RANDOM_LENGTH = 4;

export type CredentialPrefix = `${'pk' | 'sk'}_${Mode}_` | 'ak_' | 'rk_' | 'st_';

const API_KEY = new RegExp(`^(?:[ps]k_(?:test|live)|[ar]k)_[0-9A-Za-z]{${CREDENTIAL_RANDOM_LENGTH}}$`);
const STATION_TOKEN = new RegExp(`^st_[0-9A-Za-z]{${CREDENTIAL_RANDOM_LENGTH}}$`);

export interface Credential {
  /** Shown once, never stored. */
  readonly text: string;
  /** SHA-256, base64url. */
  readonly hash: string;
  readonly hint: string;
}

export function newCredential(prefix: CredentialPrefix): Credential {
  const text = prefix + randomText(CREDENTIAL_RANDOM_LENGTH);
  return { text, hash: hashCredential(text), hint: text.slice(0, prefix.length + HINT_RANDOM_LENGTH) };
}

export function hashCredential(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Cheap test before any look-up. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

export function isStationToken(text: string): boolean {
  return STATION_TOKEN.test(text);
}
