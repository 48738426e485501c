// Moving the sandbox clock from this tab. A gap longer than the lease would count as one interval only, so time that is
// to be played is gone through in steps that every open session beats at.
import { type ClockChange, changeClock, type DemoTime } from '../demo-api.ts';
import type { ClockLink } from './clock-link.ts';
import type { Follower, Tabs } from './tabs.ts';

/** The pace at which a game beats anyway; well below any lease. */
const STEP_MS = 30_000;

export interface Travel {
  /** 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** Resolves when nothing is on show that a visitor should see before time goes on. */
  readonly seen: () => Promise<void>;
}

export interface TravelParts {
  readonly link: ClockLink;
  readonly tabs: Tabs;
  readonly self: Follower;
}

/** Plays `totalMs` in every tab with a session; what is left after the last one ended is skipped. */
export async function playOn({ link, self, tabs }: TravelParts, totalMs: number, travel: Travel): Promise<void> {
  let time: DemoTime | null = null;
  await Promise.all([self.depart(false), tabs.depart(false)]);
  try {
    for (let leftMs = totalMs; leftMs > 0; ) {
      const stepMs = stepOf([self.presence(), ...tabs.others], leftMs);
      time = await changeClock({ advanceMs: stepMs });
      const at = Date.parse(time.now);
      await Promise.all([self.step(at), tabs.step(at)]);
      leftMs -= stepMs;
      travel.onProgress(1 - leftMs / totalMs);
      await travel.seen();
    }
  } finally {
    arrive({ link, self, tabs }, time ?? (await changeClock({ run: true })));
  }
}

/** Skips to a time: sessions end first, and start again there. */
export async function skipTo({ link, self, tabs }: TravelParts, change: ClockChange): Promise<void> {
  await Promise.all([self.depart(true), tabs.depart(true)]);
  const time = await changeClock(change).catch(async (error: unknown) => {
    arrive({ link, self, tabs }, await changeClock({ run: true }));
    throw error;
  });
  arrive({ link, self, tabs }, time);
}

function arrive({ self, tabs }: TravelParts, time: DemoTime): void {
  tabs.arrive(time);
  self.arrive(time);
}

/** No step goes past the end of a session, so that it ends on the millisecond. */
function stepOf(presences: ReturnType<Follower['presence']>[], leftMs: number): number {
  const playing = presences.filter(({ isPlaying }) => isPlaying);
  if (playing.length === 0) return leftMs;
  const ends = playing.map(({ remainingMs }) => Math.ceil(remainingMs ?? STEP_MS)).filter((endMs) => endMs > 0);
  return Math.min(STEP_MS, leftMs, ...ends);
}
