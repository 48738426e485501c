// The page's life cycle. `pagehide` of a page that may be restored from the back-forward cache is only `hidden`.
import { neutralPlatform } from './neutral.ts';
import type { PageState, Platform } from './platform.ts';

function watchPage(listener: (state: PageState) => void): () => void {
  const onVisibility = () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
  const onHide = (event: PageTransitionEvent) => listener(event.persisted ? 'hidden' : 'gone');
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('pageshow', onVisibility);
  window.addEventListener('pagehide', onHide);
  if (document.visibilityState === 'hidden') listener('hidden');
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('pageshow', onVisibility);
    window.removeEventListener('pagehide', onHide);
  };
}

/** In a worker there is no page to watch: the host tells the session to pause. */
export function browserPlatform(): Partial<Platform> {
  return { ...neutralPlatform(), ...(typeof document === 'object' ? { watchPage } : {}) };
}
