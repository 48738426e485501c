// The script-tag build, `Playgate`. Tabs and reloads are one session where the page also has the script of `PlaygateTabs`.
import type { PlayGuardOptions } from './options.ts';
import { browserPlatform } from './platform/browser.ts';
import { mergePlatform } from './platform/neutral.ts';
import { createPageGuard, type PlayGuard } from './play-guard.ts';
import type { TabSharing } from './tabs/tab-sharing.ts';

export * from './index.ts';

declare global {
  var PlaygateTabs: { readonly browserTabs: TabSharing } | undefined;
}

/** @throws TypeError that names the bad option */
export function createPlayGuard(options: PlayGuardOptions): PlayGuard {
  const loadTabs = async () => globalThis.PlaygateTabs?.browserTabs;
  return createPageGuard({ ...options, platform: mergePlatform(browserPlatform(), options.platform) }, loadTabs);
}
