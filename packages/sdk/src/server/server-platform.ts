// The time and the chance of the host. A test brings those of a VirtualDevice.
import type { Platform } from '../platform/platform.ts';

/** What of a client's platform a server needs too, so that one virtual device does for both. */
export type ServerPlatform = Pick<Platform, 'monotonicMs' | 'setTimer' | 'clearTimer' | 'random'>;

/** Globals are looked up at each call. */
export const HOST_PLATFORM: ServerPlatform = {
  monotonicMs: () => performance.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
};
