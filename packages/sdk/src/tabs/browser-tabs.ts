// Tabs over Web Locks, which exist in secure contexts only, and BroadcastChannel; reloads over sessionStorage.
import { tabSharingOver } from './join-tabs.ts';
import type { TabChannel, TabStorage } from './tab-host.ts';
import type { TabSharing } from './tab-sharing.ts';

function lock(name: string, onHeld: () => void): () => void {
  const abort = new AbortController();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = () => {
    onHeld();
    return held;
  };
  navigator.locks.request(name, { signal: abort.signal }, hold).catch(() => {});
  return () => {
    abort.abort();
    release();
  };
}

function openChannel(name: string, onMessage: (message: unknown) => void): TabChannel {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => onMessage(data);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** A page whose storage is blocked throws at the mere mention of it. */
function findStorage(which: 'localStorage' | 'sessionStorage'): TabStorage | undefined {
  try {
    return window[which];
  } catch {
    return undefined;
  }
}

const canShare = typeof navigator === 'object' && 'locks' in navigator && typeof BroadcastChannel === 'function';

export const browserTabs: TabSharing = tabSharingOver({
  host: canShare ? { lock, openChannel } : undefined,
  storage: findStorage('sessionStorage'),
  lasting: findStorage('localStorage'),
});
