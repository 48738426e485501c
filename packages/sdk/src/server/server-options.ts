// What a provider's server chooses, checked once.
import { HOST_PLATFORM, type ServerPlatform } from './server-platform.ts';

/** Longer than a client's: a server's work can wait, and a retry costs more than patience. */
export const SERVER_TIMEOUT_MS_DEFAULT = 10_000;
const TIMEOUT_MS_RANGE = [500, 60_000] as const;
export const ATTEMPTS_DEFAULT = 3;
const ATTEMPTS_RANGE = [1, 10] as const;

/** The part of fetch that is used; Node >= 20, Deno and Bun have it. */
export type ServerFetch = (url: string, request: RequestInit) => Promise<Response>;

export interface PlaygateServerOptions {
  /** Where the gateway is, for example `https://playgate.example`; a path is kept. */
  readonly gatewayUrl: string;
  /** `sk_test_...` or `sk_live_...`; it belongs on servers only. */
  readonly secretKey: string;
  /** ms to wait for one answer, 500 to 60,000; default 10,000. */
  readonly timeoutMs?: number;
  /** How often a request is sent at most, 1 to 10; default 3. Only what cannot be carried out twice is sent again. */
  readonly attemptsMax?: number;
  /** Default: the global one. */
  readonly fetch?: ServerFetch;
  /** Clocks, timers and chance that replace the host's; a `VirtualDevice` has them for tests. `timeoutMs` stays in real time. */
  readonly platform?: Partial<ServerPlatform>;
}

export interface ResolvedServerOptions extends Required<PlaygateServerOptions> {
  readonly platform: ServerPlatform;
}

/** @throws TypeError that names the option */
export function resolveServerOptions(options: PlaygateServerOptions): ResolvedServerOptions {
  const { gatewayUrl, secretKey, timeoutMs = SERVER_TIMEOUT_MS_DEFAULT, attemptsMax = ATTEMPTS_DEFAULT } = options;
  check(typeof gatewayUrl === 'string' && /^https?:\/\/[^\s?#]+$/.test(gatewayUrl), 'gatewayUrl', 'an http(s) URL');
  const isKey = typeof secretKey === 'string' && /^sk_(test|live)_\S+$/.test(secretKey);
  check(isKey, 'secretKey', 'a secret key, sk_test_... or sk_live_...');
  check(!('document' in globalThis), 'secretKey', 'kept on a server: this is a page');
  const send = options.fetch ?? ((url, request) => fetch(url, request));
  check(typeof send === 'function', 'fetch', 'a function');
  return {
    gatewayUrl: gatewayUrl.replace(/\/+$/, ''),
    secretKey,
    timeoutMs: wholeNumber('timeoutMs', timeoutMs, TIMEOUT_MS_RANGE),
    attemptsMax: wholeNumber('attemptsMax', attemptsMax, ATTEMPTS_RANGE),
    fetch: send,
    platform: { ...HOST_PLATFORM, ...options.platform },
  };
}

/** @throws TypeError that names the option */
export function wholeNumber(name: string, value: number, [min, max]: readonly [number, number]): number {
  check(Number.isInteger(value) && value >= min && value <= max, name, `a whole number from ${min} to ${max}`);
  return value;
}

export function check(isGood: boolean, name: string, what: string): void {
  if (!isGood) throw new TypeError(`${name} must be ${what}`);
}
