// A gateway small enough to be obviously right: one player, one session, one budget and one edge of time.
// It counts as the rules say: the state of a beat holds from that beat on, a gap beyond the lease counts as one interval.
import type { CloseSessionRequest, HeartbeatReply, HeartbeatRequest, PlayAllowance } from '@playgate/contract/wire';
import type { EndReason, Rating } from '../answers.ts';

export const SERVER_EPOCH_MS = Date.parse('2026-11-20T12:00:00.000Z');

export interface ModelRules {
  /** Null: no limit. */
  readonly budgetMs: number | null;
  readonly usedMs: number;
  /** Milliseconds after the start at which a window closes; null: never. */
  readonly windowClosesMs: number | null;
  /** Null: no heartbeats are asked for, as for adults. */
  readonly intervalMs: number | null;
  readonly leaseMs: number;
  readonly warningsMs: readonly number[];
  readonly noticeEveryMs: number | null;
  readonly rating: Rating;
}

export const RULES: ModelRules = {
  budgetMs: 3_600_000,
  usedMs: 0,
  windowClosesMs: null,
  intervalMs: 30_000,
  leaseMs: 90_000,
  warningsMs: [900_000, 300_000, 60_000],
  noticeEveryMs: 1_800_000,
  rating: '12+',
};

/** When the model lets play start again after any end that time brings. */
export const NEXT_DAY_AT = '2026-11-20T17:00:00.000Z';

export const NOTICE_TEXT = {
  vi: 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe',
  en: 'Playing more than 180 minutes a day harms your health',
};

export class ModelGateway {
  readonly #rules: ModelRules;
  readonly #startedAt: number;
  readonly #epochMs: number;
  usedMs: number;
  /** Added to the budget. */
  bonusMs = 0;
  /** Somebody decided that play ends; stays until it is taken back. */
  ordered: EndReason | null = null;
  lastBeatAt: number;
  state: 'active' | 'paused' = 'active';
  seq = 0;
  closed: CloseSessionRequest | null = null;
  /** Every beat that arrived, in order, duplicates included. */
  readonly beats: HeartbeatRequest[] = [];

  /**
   * Instants are of the same clock as the client's, so that a test can compare them.
   * @param epochMs what the gateway's clock says at `startedAt`
   */
  constructor(rules: ModelRules, startedAt: number, epochMs = SERVER_EPOCH_MS) {
    this.#rules = rules;
    this.#epochMs = epochMs;
    this.#startedAt = startedAt;
    this.usedMs = rules.usedMs;
    this.lastBeatAt = startedAt;
  }

  get windowClosesAt(): number | null {
    const { windowClosesMs } = this.#rules;
    return windowClosesMs === null ? null : this.#startedAt + windowClosesMs;
  }

  get #limitMs(): number | null {
    const { budgetMs } = this.#rules;
    return budgetMs === null ? null : budgetMs + this.bonusMs;
  }

  leftMs(): number | null {
    return this.#limitMs === null ? null : Math.max(0, this.#limitMs - this.usedMs);
  }

  get leaseEndsAt(): number {
    return this.lastBeatAt + this.#rules.leaseMs;
  }

  beat(request: HeartbeatRequest, now: number): HeartbeatReply {
    this.beats.push(request);
    if (request.seq > this.seq && this.closed === null) {
      this.usedMs += this.#runningMs(now);
      this.seq = request.seq;
      this.state = request.state;
      this.lastBeatAt = now;
    }
    const allowance = { ...this.allowance(now), seq: this.seq };
    const reason = this.#endReason(now);
    if (reason === null) return { ...allowance, verdict: 'continue' };
    return { ...allowance, verdict: 'end', reason, nextAllowedAt: null, message: { vi: 'Hết giờ', en: 'Time is up' } };
  }

  /** Play since the last beat, as it will be counted if the next one comes now. */
  #runningMs(now: number): number {
    const gapMs = now - this.lastBeatAt;
    if (this.state === 'paused') return 0;
    return gapMs <= this.#rules.leaseMs ? gapMs : (this.#rules.intervalMs ?? 0);
  }

  allowance(now: number): PlayAllowance {
    const leftMs = this.leftMs();
    const ends = [leftMs === null ? null : now + Math.max(0, leftMs - this.#runningMs(now)), this.windowClosesAt];
    const [byBudget, byWindow] = ends;
    const endsAt = ends.reduce<number | null>((least, at) => (at === null || (least ?? at) < at ? least : at), null);
    const bindsWindow = byWindow != null && (byBudget == null || byWindow < byBudget);
    const budget = { id: 'vn.game.day', scope: 'game', limitMs: this.#limitMs } as const;
    const window = { id: 'night', scope: 'window', limitMs: null } as const;
    const { noticeEveryMs } = this.#rules;
    return {
      serverAt: this.#instant(now),
      unlimited: endsAt === null,
      remainingMs: endsAt === null ? null : Math.max(0, endsAt - now),
      endsAt: endsAt === null ? null : this.#instant(Math.max(now, endsAt)),
      bindingRule: endsAt === null ? null : bindsWindow ? window : budget,
      nextAllowedAt: endsAt === null ? null : NEXT_DAY_AT,
      used: { gameMs: this.usedMs, providerMs: this.usedMs },
      nextHeartbeatMs: this.#rules.intervalMs,
      leaseExpiresAt: this.#instant(this.leaseEndsAt),
      warningsMs: [...this.#rules.warningsMs],
      notices: noticeEveryMs === null ? [] : [{ id: 'health', everyMs: noticeEveryMs, text: NOTICE_TEXT }],
      rating: this.#rules.rating,
      policy: { id: 'vn-147-2024', version: 1, hash: '0'.repeat(64) },
      source: 'live',
    };
  }

  #endReason(now: number): EndReason | null {
    if (this.closed !== null) return 'session_closed';
    if (this.ordered !== null) return this.ordered;
    if (this.leftMs() === 0) return 'daily_budget_spent';
    return this.windowClosesAt !== null && now >= this.windowClosesAt ? 'outside_window' : null;
  }

  #instant(at: number): string {
    return new Date(this.#epochMs + at - this.#startedAt).toISOString();
  }
}
