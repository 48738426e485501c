// The page's life cycle, told again when the network is back. `pagehide` of a page that may be restored from the back-forward cache is only `hidden`.
import { neutralPlatform } from './neutral.ts';
import type { PageState, Platform } from './platform.ts';

function watchPage(listener: (state: PageState) => void): () => void {
  const onVisibility = () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
  const onHide = (event: PageTransitionEvent) => listener(event.persisted ? 'hidden' : 'gone');
  const watched = [
    [document, 'visibilitychange', onVisibility],
    [window, 'pageshow', onVisibility],
    [window, 'online', onVisibility],
    [window, 'pagehide', onHide as (event: Event) => void],
  ] as const;
  for (const [target, type, heard] of watched) target.addEventListener(type, heard);
  if (document.visibilityState === 'hidden') listener('hidden');
  return () => {
    for (const [target, type, heard] of watched) target.removeEventListener(type, heard);
  };
}

/** In a worker there is no page to watch: the host tells the session to pause. */
export function browserPlatform(): Partial<Platform> {
  return { ...neutralPlatform(), ...(typeof document === 'object' ? { watchPage } : {}) };
}
