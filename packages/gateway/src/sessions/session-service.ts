// The sessions of the gateway, as its operations see them. It knows ports only, and reads no clock: `now` comes with
// each call, in the time of the session's world.
import type { PlaytimeReply } from '@playgate/contract';
import type { CalendarDate, Instant } from '@playgate/policy';
import type { Games } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import { type PlaytimeOptions, readPlaytime } from './playtime.ts';
import { SessionJudge, type SessionJudgeOptions } from './session-judge.ts';
import { SessionOpener, type SessionOpenerOptions } from './session-opener.ts';
import type { SessionStore } from './session-store.ts';

export interface SessionServiceOptions extends SessionOpenerOptions, SessionJudgeOptions, PlaytimeOptions {
  readonly store: SessionStore;
  readonly games: Pick<Games, 'find' | 'list'>;
}

export class SessionService {
  readonly open: SessionOpener['open'];
  readonly heartbeat: SessionJudge['heartbeat'];
  readonly heartbeats: SessionJudge['heartbeats'];
  readonly close: SessionJudge['close'];
  private readonly options: SessionServiceOptions;

  constructor(options: SessionServiceOptions) {
    this.options = options;
    const opener = new SessionOpener(options);
    const judge = new SessionJudge(options);
    this.open = opener.open.bind(opener);
    this.heartbeat = judge.heartbeat.bind(judge);
    this.heartbeats = judge.heartbeats.bind(judge);
    this.close = judge.close.bind(judge);
  }

  playtime(world: World, playerId: string, date: CalendarDate | undefined, now: Instant): Promise<PlaytimeReply> {
    return readPlaytime(this.options, world, playerId, date, now);
  }
}
