// A page's place: among the tabs that are there, after its own reload, or alone.
import type { PageState, Platform } from '../platform/platform.ts';
import type { SessionDriver } from '../session/play-session.ts';
import type { Start } from '../start-session.ts';
import { KeptSession } from './kept-session.ts';
import { KeptText } from './kept-text.ts';
import { isUnknown, KnownAdult, tellNobody } from './known-adult.ts';
import { resumeSession } from './resume-session.ts';
import { SharedSession } from './shared-session.ts';
import { TabCircle, type Update } from './tab-circle.ts';
import type { TabHost, TabStorage } from './tab-host.ts';
import { tabNameOf } from './tab-name.ts';
import type { DriveParts, JoinedTabs, TabSharing } from './tab-sharing.ts';

/** What of it a host has; without any, each page is on its own and a reload starts anew. */
export interface TabParts {
  readonly host?: TabHost | undefined;
  readonly storage?: TabStorage | undefined;
  /** Outlives the tab. */
  readonly lasting?: TabStorage | undefined;
}

export function tabSharingOver(parts: TabParts): TabSharing {
  return { join: (start) => join(start, parts) };
}

async function join(start: Start, { host, lasting, storage }: TabParts): Promise<JoinedTabs> {
  const { options, asked } = start;
  const { platform, resumeAfterReload, shareTabs } = options;
  const name = tabNameOf({ ...options, ...asked });
  const kept = new KeptSession(resumeAfterReload ? storage : undefined, name);
  const adult = new KnownAdult(new KeptText(asked.stationToken === undefined ? lasting : undefined, name));
  let circle = shareTabs && host !== undefined ? new TabCircle(platform, host, name) : null;
  const place = await circle?.join();
  if (circle !== null && place?.role === 'alone') {
    circle.leave();
    circle = null;
  }
  const following = place?.role === 'follow' ? place.update : null;
  const left = following === null ? kept.read() : null;
  return {
    following,
    keepsWhenLeft: kept.isUsable,
    playedMs: left?.state.playedMs ?? 0,
    resume: async () => left && resumeSession(start, left),
    startAway: (error) => adult.start(start, left, error),
    drive: (parts) => {
      adult.learn(parts);
      if (isUnknown(parts)) tellNobody(start.client);
      return drive(parts, { options, kept, circle, following });
    },
    leave: () => circle?.leave(),
  };
}

interface Place {
  readonly options: Start['options'];
  readonly kept: KeptSession;
  readonly circle: TabCircle | null;
  readonly following: Update | null;
}

function drive(parts: DriveParts, { options, kept, circle, following }: Place): SessionDriver {
  const { platform, pauseWhenHidden } = options;
  const { address, createLoop, state } = parts;
  kept.clear();
  const emit: DriveParts['emit'] = (event) => {
    // What is kept after an end is what the page played, and that only where the page itself ends it.
    if (event.type === 'ended') kept.clear();
    parts.emit(event);
  };
  const pageChanged = (page: PageState, now = driver.state) => kept.keep(page, { address, state: now });
  const watchPage: Platform['watchPage'] = (listener) =>
    platform.watchPage((page) => {
      listener(page);
      pageChanged(page);
    });
  const driver: SessionDriver =
    circle === null
      ? createLoop(state, watchPage, { emit })
      : new SharedSession({ ...parts, emit, platform, circle, pauseWhenHidden, pageChanged }, following);
  return driver;
}
