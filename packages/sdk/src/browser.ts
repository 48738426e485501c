// The core with the page's life cycle: hidden pauses, leaving closes. Also the source of the script-tag build.
import type { PlayGuardOptions } from './options.ts';
import { browserPlatform } from './platform/browser.ts';
import { createPlayGuard as createNeutralPlayGuard, type PlayGuard } from './play-guard.ts';

export * from './index.ts';

/** @throws TypeError that names the bad option */
export function createPlayGuard(options: PlayGuardOptions): PlayGuard {
  return createNeutralPlayGuard({ ...options, platform: { ...browserPlatform(), ...options.platform } });
}
