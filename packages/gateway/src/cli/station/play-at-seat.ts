// One customer at one seat, from the start to the report: what the SDK tells becomes lines on a screen, and the end is
// reported however long the gateway is away.
import {
  createPlayGuard,
  type Denial,
  type EndedEvent,
  type Locale,
  type Platform,
  type PlaySession,
  type TickEvent,
} from '@playgate/sdk/node';
import { SeatJournal, type Settlement } from './seat-journal.ts';
import type { SeatScreen } from './seat-screen.ts';
import { clockText, dateText, durationText, SEAT_WORDS, type SeatWords } from './seat-words.ts';

const MINUTE_MS = 60_000;
/** As long as a shop's connection is down on a bad day. */
export const SETTLE_MS_MAX = 4 * 3_600_000;

export interface SeatOptions {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  readonly stationToken: string;
  readonly ageToken: string;
  readonly locale: Locale;
  /** IANA zone of the policy: the times that are shown are of it, wherever the machine believes to be. */
  readonly zone: string;
}

export interface SeatHost {
  readonly screen: SeatScreen;
  /** Tells each time that somebody at the seat wants to stop. */
  readonly onStop: (listener: () => void) => void;
  readonly platform: Pick<Platform, 'fetch' | 'monotonicMs' | 'setTimer'> & Partial<Platform>;
}

export interface SeatReport {
  readonly end: EndedEvent;
  /** At the seat. */
  readonly playedMs: number;
  /** Of it, after the gateway's last answer, where it was away at the end. */
  readonly unconfirmedMs: number;
  readonly settlement: Settlement;
}

export type SeatOutcome =
  | { readonly verdict: 'denied'; readonly denial: Denial }
  | { readonly verdict: 'played'; readonly report: SeatReport };

/** Throws a PlaygateError when the gateway is away at the start, or refuses the request. */
export async function playAtSeat(options: SeatOptions, host: SeatHost): Promise<SeatOutcome> {
  const { ageToken, stationToken, zone, ...guardOptions } = options;
  const { platform, screen } = host;
  const words = SEAT_WORDS[options.locale];
  const journal = new SeatJournal(platform.fetch);
  const guard = createPlayGuard({ ...guardOptions, platform: { ...platform, fetch: journal.fetch } });
  const result = await guard.startSession({ ageToken, stationToken });
  if (result.verdict === 'denied') {
    tellDenial(result, { screen, words, zone });
    return { verdict: 'denied', denial: result };
  }
  const { session } = result;
  const startedAt = platform.monotonicMs();
  const givenUp = listenForStop(session, host);
  session.on('ended', ({ endedAt }) => journal.noteEnd(endedAt));
  tellProgress(session, { screen, words, zone });
  const end = await new Promise<EndedEvent>((resolve) => void session.on('ended', resolve));
  const playedMs = platform.monotonicMs() - startedAt;
  const isOffline = session.getRemaining().isOffline;
  screen.say(`${words.ended} ${clockText(end.endedAt, zone)}: ${end.text ?? end.reason}`);
  await session.end();
  const { answeredAt } = journal;
  const unconfirmedMs = isOffline && answeredAt !== null ? Date.parse(end.endedAt) - Date.parse(answeredAt) : 0;
  if (isOffline) screen.say(words.waiting);
  const settlement = await journal.settle({ ...platform, givenUp, settleMsMax: SETTLE_MS_MAX });
  const report = { end, playedMs, unconfirmedMs: Math.max(0, unconfirmedMs), settlement };
  tellReport(report, words, screen);
  return { verdict: 'played', report };
}

/** The first wish to stop ends play; one after the end gives up reporting it. */
function listenForStop(session: PlaySession, { onStop }: SeatHost): Promise<void> {
  let isEnded = false;
  session.on('ended', () => {
    isEnded = true;
  });
  return new Promise((resolve) => {
    onStop(() => {
      if (isEnded) resolve();
      else void session.end('quit');
    });
  });
}

interface Telling {
  readonly screen: SeatScreen;
  readonly words: SeatWords;
  readonly zone: string;
}

function tellDenial(denial: Denial, { screen, words, zone }: Telling): void {
  screen.say(`${words.refused} (${denial.reason}): ${denial.text}`);
  if (denial.nextAllowedAt !== null) screen.say(`${words.nextAllowed} ${dateText(denial.nextAllowedAt, zone)}`);
}

function tellProgress(session: PlaySession, { screen, words, zone }: Telling): void {
  /** Where play ends while the gateway is away; null: it answers. */
  let awayUntilAt: string | null = null;
  screen.say(`${words.playing} (${session.rating})`);
  session.on('tick', (tick) => {
    const { endsAt, remainingMs } = nearestEnd(tick, awayUntilAt);
    if (remainingMs === null) return screen.show(words.unlimited, null);
    const until = endsAt === null ? '' : ` · ${words.until} ${clockText(endsAt, zone)}`;
    screen.show(`${words.left} ${durationText(remainingMs)}${until}`, Math.ceil(remainingMs / MINUTE_MS));
  });
  session.on('warning', ({ remainingMs }) => screen.say(`${words.left} ${durationText(remainingMs ?? 0)}`));
  session.on('limitReached', ({ remainingMs }) => screen.say(`${words.save} ${durationText(remainingMs ?? 0)}`));
  session.on('notice', ({ text }) => screen.say(text));
  session.on('offline', ({ playUntilAt }) => {
    awayUntilAt = playUntilAt;
    screen.say(`${words.offline} ${playUntilAt === null ? '-' : clockText(playUntilAt, zone)}`);
  });
  session.on('online', () => {
    awayUntilAt = null;
    screen.say(words.online);
  });
  session.on('error', ({ error }) => screen.say(error.message));
}

/** One end for the screen: that of the rules, or that of the lease where it comes first. */
function nearestEnd(
  { endsAt, remainingMs }: TickEvent,
  awayUntilAt: string | null,
): Pick<TickEvent, 'endsAt' | 'remainingMs'> {
  if (awayUntilAt === null || endsAt === null || remainingMs === null) return { endsAt, remainingMs };
  const awayMs = Date.parse(awayUntilAt) - (Date.parse(endsAt) - remainingMs);
  return awayMs < remainingMs ? { endsAt: awayUntilAt, remainingMs: Math.max(0, awayMs) } : { endsAt, remainingMs };
}

function tellReport({ playedMs, settlement, unconfirmedMs }: SeatReport, words: SeatWords, screen: SeatScreen): void {
  screen.say(`${words.played}: ${durationText(playedMs)}`);
  if (unconfirmedMs > 0) screen.say(`${words.unconfirmed}: ${durationText(unconfirmedMs)}`);
  if (settlement.status === 'acknowledged') {
    screen.say(`${words.countedToday}: ${durationText(settlement.reply.used.gameMs)}`);
    screen.say(words.acknowledged);
  } else {
    screen.say(settlement.status === 'unacknowledged' ? words.unacknowledged : words.unknownSession);
  }
}
