// Whatever of the platform is found in globals every modern JavaScript host has. No page to watch.
import type { Platform, StreamRequest } from './platform.ts';

/** Globals are looked up at each call, so that a host may install them after this module was loaded. */
export function neutralPlatform(): Partial<Platform> {
  return {
    ...(typeof fetch === 'function' ? { fetch: (url, request) => fetch(url, request), openStream } : {}),
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

/** What a host brings replaces what was found. With its own `fetch` goes the stream of the other: it would be a second network. */
export function mergePlatform(found: Partial<Platform>, given: Partial<Platform> = {}): Partial<Platform> {
  return { ...found, ...(given.fetch === undefined ? {} : { openStream: undefined }), ...given };
}

/** Some hosts have answers without a body to read from, as React Native: for them it is as if the gateway had no streams. */
async function openStream(url: string, request: StreamRequest, onText: (piece: string) => void): Promise<number> {
  const { body, status } = await fetch(url, request);
  const reader = status === 200 ? body?.getReader() : undefined;
  // Nor have all of them a decoder.
  const decoder = reader && new TextDecoder();
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    onText(decoder!.decode(piece.value, { stream: true }));
  }
  return reader === undefined && status === 200 ? 404 : status;
}
