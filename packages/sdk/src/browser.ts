// The core with the page's life cycle: hidden pauses, a page that is left may come back, tabs are one session.
import type { PlayGuardOptions } from './options.ts';
import { browserPlatform } from './platform/browser.ts';
import { mergePlatform } from './platform/neutral.ts';
import { createPageGuard, type PlayGuard } from './play-guard.ts';

export * from './index.ts';

async function loadTabs() {
  return (await import('./tabs/browser-tabs.ts')).browserTabs;
}

/** @throws TypeError that names the bad option */
export function createPlayGuard(options: PlayGuardOptions): PlayGuard {
  return createPageGuard({ ...options, platform: mergePlatform(browserPlatform(), options.platform) }, loadTabs);
}
