// Where a case is played: one player at one local time, the clocks of the gateway and of the integration moved together,
// and a list of what was seen.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlayAllowance } from '@playgate/contract/wire';
import {
  type CalendarDate,
  dateOfEpochDay,
  dayOf,
  epochDayOf,
  instantOfWallTime,
  type WallTime,
} from '@playgate/policy';
import type { Driver, Play, PlayState, Shown } from './driver.ts';
import type { AcceptancePlayer, GatewayApi } from './gateway-api.ts';
import type { Link } from './link.ts';

/** How late play may stop. */
export const END_GRACE_MS = 5_000;
/** How far the clock of the gateway may be behind that of the integration. */
const STEP_MS = 1_000;
const YEAR_DAYS = 365.25;
const ZONE = 'Asia/Ho_Chi_Minh';

/** A case did not go as it must. */
export class CaseFailure extends Error {}

/** What the gateway's policy says, found out before the first case. */
export interface Facts {
  readonly date: CalendarDate;
  readonly allowance: PlayAllowance;
  readonly limitMs: number;
  readonly leaseMs: number;
}

export interface StageParts {
  readonly api: GatewayApi;
  readonly driver: Driver;
  readonly link: Link;
  readonly facts: Facts;
  readonly gameId: string;
  readonly stationToken: string | null;
}

export interface StartHow {
  readonly gameId?: string;
  readonly device?: string;
  readonly atStation?: boolean;
}

export class Stage {
  readonly facts: Facts;
  readonly gameId: string;
  readonly api: GatewayApi;
  readonly link: Link;
  readonly observations: string[] = [];
  readonly plays: Play[] = [];
  readonly #parts: StageParts;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.gameId = parts.gameId;
    this.api = parts.api;
    this.link = parts.link;
  }

  /** The gateway's time, on the day of the run. */
  async setTime(time: WallTime): Promise<void> {
    await this.api.freeze(instantOfWallTime(ZONE, this.facts.date, time));
  }

  /** A player never seen before. @param usedMs counts as played today already */
  async createPlayer(age: number, usedMs = 0): Promise<AcceptancePlayer> {
    const { date } = this.facts;
    const consentedAt = new Date(instantOfWallTime(ZONE, date, '00:00')).toISOString();
    const player = await this.api.verify(`accept-${randomUUID()}`, birthDateOf(age, date), consentedAt);
    if (usedMs > 0) await this.api.addPlay(player.playerId, this.gameId, date, usedMs);
    return player;
  }

  async start({ ageToken }: Pick<AcceptancePlayer, 'ageToken'>, how: StartHow = {}): Promise<Play> {
    const { driver, link, stationToken } = this.#parts;
    const play = await driver.start({
      gatewayUrl: link.url,
      publishableKey: this.api.access.publishableKey,
      gameId: how.gameId ?? this.gameId,
      ageToken,
      device: how.device ?? randomUUID(),
      ...(how.atStation === true && stationToken !== null && { stationToken }),
    });
    this.plays.push(play);
    return play;
  }

  /** Time passes at the gateway and in the integration. */
  async pass(ms: number, stepMs = STEP_MS): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) await this.#passStep(Math.min(stepMs, leftMs));
  }

  /** Lets time pass until play has stopped; tells after how long. Fails when it still goes on after `latestMs`. */
  async passUntilStopped(play: Play, latestMs: number): Promise<number> {
    for (let passedMs = 0; passedMs <= latestMs; passedMs += STEP_MS) {
      if (!(await play.state()).playing) return passedMs;
      await this.#passStep(STEP_MS);
    }
    throw new CaseFailure(`play still goes on after ${latestMs / 1_000} s`);
  }

  /** @throws CaseFailure unless the game is playing */
  async expectPlaying(play: Play, when: string): Promise<PlayState> {
    const state = await play.state();
    this.expect(state.playing, `the game is playing ${when}`);
    return state;
  }

  /** Notes what was seen, or fails with it. */
  expect(isSo: boolean, what: string, seen?: unknown): void {
    const line = seen === undefined ? what : `${what}: ${JSON.stringify(seen)}`;
    if (!isSo) throw new CaseFailure(`not so: ${line}`);
    this.observations.push(line);
  }

  async expectShown(play: Play, kind: Shown['kind'], what: string): Promise<Shown> {
    const shown = (await play.state()).shown.filter((entry) => entry.kind === kind && entry.text.trim() !== '');
    this.expect(shown.length > 0, what, shown.at(-1)?.text ?? 'nothing was shown');
    return shown.at(-1)!;
  }

  async #passStep(ms: number): Promise<void> {
    const { driver } = this.#parts;
    if (driver.advance === undefined) await sleep(ms);
    else await driver.advance(ms);
    await this.api.advance(ms);
  }
}

/** The calendar day it is where the policy holds. */
export function dateAt(now: number): CalendarDate {
  return dayOf(ZONE, now).date;
}

/** Of somebody who has been so old for half a year on that date. */
export function birthDateOf(age: number, date: CalendarDate): CalendarDate {
  return dateOfEpochDay(epochDayOf(date) - Math.round((age + 0.5) * YEAR_DAYS));
}

export function morningOf(date: CalendarDate): number {
  return instantOfWallTime(ZONE, date, '10:00');
}
