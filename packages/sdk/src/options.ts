// What the game chooses, checked once.
import { mergePlatform, neutralPlatform } from './platform/neutral.ts';
import type { Platform } from './platform/platform.ts';

/** Time to save before the end; inside the allowed time, never after it. */
export const GRACE_TO_SAVE_MS_DEFAULT = 30_000;
const GRACE_TO_SAVE_MS_MAX = 300_000;
/** Longer than a slow mobile link needs, short next to a lease. */
export const REQUEST_TIMEOUT_MS_DEFAULT = 5_000;
const REQUEST_TIMEOUT_MS_MIN = 500;
const REQUEST_TIMEOUT_MS_MAX = 30_000;
const GAME_ID_LENGTH_MAX = 64;

export type Locale = 'vi' | 'en';

export interface PlayGuardOptions {
  /** Where the gateway is, for example `https://playgate.example`; http or https, a path is kept. */
  readonly gatewayUrl: string;
  /** `pk_test_...` or `pk_live_...`. A secret key never belongs in a client. */
  readonly publishableKey: string;
  /** 1 to 64 characters. */
  readonly gameId: string;
  /** Language of texts handed out; default `vi`. */
  readonly locale?: Locale;
  /** Pieces of the host that replace the ones found: fetch, clocks, timers. */
  readonly platform?: Partial<Platform>;
  /** A hidden page pauses the session; default true. */
  readonly pauseWhenHidden?: boolean;
  /** Tabs of one origin in which the same player plays the game are one session, where the host can do it; default true. */
  readonly shareTabs?: boolean;
  /** A page that is left pauses its session, and the same tab goes on with it after a reload; default true. */
  readonly resumeAfterReload?: boolean;
  /** ms before the end at which `limitReached` comes, 0 (never) to 300,000; default 30,000. */
  readonly graceToSaveMs?: number;
  /** ms to wait for one answer of the gateway, 500 to 30,000; default 5,000. */
  readonly requestTimeoutMs?: number;
}

export interface ResolvedOptions {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  readonly locale: Locale;
  readonly platform: Platform;
  readonly pauseWhenHidden: boolean;
  readonly shareTabs: boolean;
  readonly resumeAfterReload: boolean;
  readonly graceToSaveMs: number;
  readonly requestTimeoutMs: number;
}

/** @throws TypeError that names the option */
export function check(isGood: boolean, name: string, what: string): void {
  if (!isGood) throw new TypeError(`${name} must be ${what}`);
}

function durationMs(name: string, value: number, range: readonly [number, number]): number {
  const isGood = Number.isInteger(value) && value >= range[0] && value <= range[1];
  check(isGood, name, `${range[0]} to ${range[1]} whole ms`);
  return value;
}

const PLATFORM_PARTS = ['fetch', 'monotonicMs', 'wallMs', 'setTimer', 'clearTimer', 'random', 'watchPage'] as const;

function resolvePlatform(given: Partial<Platform> | undefined): Platform {
  const parts = mergePlatform(neutralPlatform(), given);
  for (const name of PLATFORM_PARTS) {
    check(typeof parts[name] === 'function', `platform.${name}`, 'a function: this host has none');
  }
  return parts as Platform;
}

/** @throws TypeError that names the option */
export function resolveOptions(options: PlayGuardOptions): ResolvedOptions {
  const { gatewayUrl, publishableKey, gameId, locale = 'vi' } = options;
  const { pauseWhenHidden = true, shareTabs = true, resumeAfterReload = true } = options;
  check(typeof gatewayUrl === 'string' && /^https?:\/\/[^\s?#]+$/.test(gatewayUrl), 'gatewayUrl', 'an http(s) URL');
  const isKey = typeof publishableKey === 'string' && /^pk_(test|live)_\S+$/.test(publishableKey);
  check(isKey, 'publishableKey', 'pk_test_... or pk_live_...');
  const isGameId = typeof gameId === 'string' && gameId !== '' && gameId.length <= GAME_ID_LENGTH_MAX;
  check(isGameId, 'gameId', `1 to ${GAME_ID_LENGTH_MAX} characters`);
  check(locale === 'vi' || locale === 'en', 'locale', "'vi' or 'en'");
  for (const [name, value] of Object.entries({ pauseWhenHidden, shareTabs, resumeAfterReload })) {
    check(typeof value === 'boolean', name, 'true or false');
  }
  const { graceToSaveMs = GRACE_TO_SAVE_MS_DEFAULT, requestTimeoutMs = REQUEST_TIMEOUT_MS_DEFAULT } = options;
  const resolved = {
    gatewayUrl: gatewayUrl.replace(/\/+$/, ''),
    publishableKey,
    gameId,
    locale,
    platform: resolvePlatform(options.platform),
    pauseWhenHidden,
    shareTabs,
    resumeAfterReload,
    graceToSaveMs: durationMs('graceToSaveMs', graceToSaveMs, [0, GRACE_TO_SAVE_MS_MAX]),
    requestTimeoutMs: durationMs('requestTimeoutMs', requestTimeoutMs, [
      REQUEST_TIMEOUT_MS_MIN,
      REQUEST_TIMEOUT_MS_MAX,
    ]),
  } satisfies Readonly<Record<keyof PlayGuardOptions, unknown>>;
  for (const name of Object.keys(options)) check(name in resolved, name, 'left out: no such option');
  return resolved;
}
