// Whatever of the platform is found in globals every modern JavaScript host has. No page to watch.
import type { Platform } from './platform.ts';

/** Globals are looked up at each call, so that a host may install them after this module was loaded. */
export function neutralPlatform(): Partial<Platform> {
  return {
    ...(typeof fetch === 'function' ? { fetch: (url, request) => fetch(url, request) } : {}),
    ...(typeof performance === 'object' ? { monotonicMs: () => performance.now() } : {}),
    ...(typeof setTimeout === 'function'
      ? {
          setTimer: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
          clearTimer: (timer: unknown) => clearTimeout(timer as ReturnType<typeof setTimeout>),
        }
      : {}),
    wallMs: () => Date.now(),
    random: () => Math.random(),
    watchPage: () => () => {},
  };
}
