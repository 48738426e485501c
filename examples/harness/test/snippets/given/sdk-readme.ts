// What the README of the SDK takes for granted: a game with its own screens, and an engine without a browser's globals.
import type { PlatformResponse, StartResult } from '@playgate/sdk';
import express from 'express';

export { ageToken, gameId, gatewayUrl, publishableKey } from './gateway.ts';

declare global {
  namespace Express {
    interface Request {
      readonly user: { readonly accountId: string };
    }
  }
}

export const result = {} as StartResult;
export const app = express();
export const sessionOf = (_caller: unknown) => 'ses_nobody';
export const showRefusal = (text: string, _nextAllowedAt: string | null) => {
  throw new Error(text);
};
export const showBanner = (_text: string) => {};
export const saveGame = (_remainingMs: number | null) => {};
export const leaveGame = (_reason: string) => {};
export const showMenu = () => {};

interface Engine {
  http(url: string, method: string, headers: Readonly<Record<string, string>>, body: string): Promise<PlatformResponse>;
  uptimeMs(): number;
  schedule(callback: () => void, delayMs: number): number;
  unschedule(timer: unknown): void;
  onBackground: (listener: (isHidden: boolean) => void) => () => void;
}
export const engine: Engine = {
  http: (url, method, headers, body) => fetch(url, { method, headers, body }),
  uptimeMs: () => performance.now(),
  schedule: (callback, delayMs) => setTimeout(callback, delayMs)[Symbol.toPrimitive](),
  unschedule: (timer) => clearTimeout(timer as number),
  onBackground: () => () => {},
};
