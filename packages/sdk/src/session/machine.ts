// The life of one session as a pure function: state + input + moment -> state + effects.
//
//   playing  -> saving    graceToSaveMs before the end                                   emits limitReached
//            -> paused    the game pauses, or the page is hidden                         emits paused
//            -> closing   end reached, lease over, verdict end, end(), page gone *       emits ended
//   saving   -> playing   the gateway moved the end away
//            -> paused, closing   as from playing
//   paused   -> playing   nobody holds it any more (saving follows when due)             emits resumed
//            -> closing   verdict end, end(), page gone *; time alone ends no paused session
//   closing  -> closed    the gateway took the close, refused it, or is away until no revival is possible any more
//   any open -> closed    the gateway refused a beat: there is no such session           emits error, ended
//   closed                nothing leaves it
//   *  a page that may come back (`keepWhenLeft`) pauses instead, with the last request it can send
//
// Beside it the link is online or offline; it goes offline at the first failed attempt and online at the next answer.
// It knows no fetch, no timer and no clock. At most one request is under way; a beat keeps its seq until it is answered.
import type { HeartbeatReply } from '@playgate/contract/wire';
import { isRetryable, type PlaygateError, retryAfterMsOf } from '../errors.ts';
import type { PageState } from '../platform/platform.ts';
import { firstDelayMs, pacedDelayMs, retryDelayMs } from '../transport/backoff.ts';
import { closeWordOf, earlier, endByLease, endByRule, type ForetoldEnd, nearEnd } from './ending.ts';
import type { AnySessionEvent, EndedBy, EndedEvent } from './events.ts';
import {
  endAtOf,
  type Forecast,
  forecastFrom,
  isNewDay,
  remainingAt,
  remainingMsAt,
  serverTimeAt,
  wasExtended,
} from './predictor.ts';
import { NEVER, NO_RULE, noticesDue, stepCrossed } from './reminders.ts';
import { nextWakeAt } from './schedule.ts';
import type { Effect, GatewayRequest, Input, MachineConfig, Moment, SessionState, Transition } from './state.ts';

/** Pace of `tick`; also how soon a stopped machine is noticed. */
export const TICK_MS = 1_000;
/** A timer this late means that the machine slept or the tab was throttled. */
export const LATE_WAKE_MS = 3_000;
/** A close is tried for so long past the lease, the time of revival of every pack; the gateway has then ended it itself. */
export const CLOSE_AFTER_LEASE_MS_MAX = 300_000;
/** A longer stretch in which nothing ran is no play, the lease of every pack; adults, who send no beats, are held to it too. */
export const UNSEEN_PLAY_MS_MAX = 90_000;
/** An end moved away by less than this is the noise of the network, not more time. */
const MOVED_AWAY_MS = 2_000;

interface Draft {
  readonly state: { -readonly [Key in keyof SessionState]: SessionState[Key] };
  readonly effects: Effect[];
  readonly config: MachineConfig;
  readonly now: number;
  readonly random: number;
}

/** The state right after the gateway said `play`. */
export function openedState(forecast: Forecast, moment: Moment): SessionState {
  const { nextHeartbeatMs, receipt, used } = forecast.allowance;
  return {
    phase: 'playing',
    link: 'online',
    heldBy: { game: false, page: false },
    forecast,
    seq: 0,
    receipt,
    beatAt: nextHeartbeatMs === null ? null : moment.now + firstDelayMs(nextHeartbeatMs, moment.random),
    outgoing: null,
    failures: 0,
    confirming: null,
    mayConfirm: true,
    playedMs: used.gameMs,
    playedUntilAt: moment.now,
    warnedMs: {},
    tickAt: moment.now + TICK_MS,
    wakeAt: moment.now,
  };
}

export function step(config: MachineConfig, before: SessionState, input: Input, moment: Moment): Transition {
  if (before.phase === 'closed') return { state: before, effects: [] };
  const draft: Draft = { state: { ...before }, effects: [], config, now: moment.now, random: moment.random };
  if (before.phase === 'closing') {
    closingStep(draft, input);
  } else {
    play(draft);
    takeInput(draft, input);
    settle(draft);
  }
  const wakeAt = nextWakeAt(draft.state, config, moment.now);
  if (input.type === 'timer' || wakeAt !== before.wakeAt) draft.effects.push({ type: 'wake', at: wakeAt });
  return { state: { ...draft.state, wakeAt }, effects: draft.effects };
}

function takeInput(draft: Draft, input: Input): void {
  if (input.type === 'beatAnswered') takeAnswer(draft, input.reply);
  else if (input.type === 'failed') takeFailure(draft, input.error);
  else if (input.type === 'timer' && hasOverslept(draft)) doubt(draft, 'resend');
  else if (input.type === 'slept' && isPlaying(draft)) doubt(draft, 'resend');
  else if (input.type === 'slept' || input.type === 'sync') beatNow(draft);
  else if (input.type === 'pause' || input.type === 'resume') hold(draft, 'game', input.type === 'pause');
  else if (input.type === 'page') takePage(draft, input.page);
  else if (input.type === 'end') finish(draft, { by: 'game', reason: input.reason, closeWord: input.reason });
}

function takePage(draft: Draft, page: PageState): void {
  const { keepWhenLeft, pauseWhenHidden } = draft.config;
  const isAwaited = draft.state.forecast.allowance.nextHeartbeatMs !== null;
  if (page === 'gone' && keepWhenLeft && isAwaited) leave(draft);
  else if (page === 'gone') finish(draft, { by: 'page', reason: 'quit', closeWord: 'quit' });
  else if (page === 'visible' || pauseWhenHidden) hold(draft, 'page', page === 'hidden');
}

function hasOverslept(draft: Draft): boolean {
  const { wakeAt } = draft.state;
  return isPlaying(draft) && wakeAt !== null && draft.now - wakeAt > LATE_WAKE_MS;
}

function emit(draft: Draft, event: AnySessionEvent): void {
  draft.effects.push({ type: 'emit', event });
}

function isPlaying({ state }: Draft): boolean {
  return state.phase === 'playing' || state.phase === 'saving';
}

/** As the gateway counts: of a silence beyond the lease one interval, and nothing where no beats are asked for. */
function provenMs({ forecast, playedUntilAt }: SessionState, now: number): number {
  const silentMs = now - playedUntilAt;
  const leaseMs = (forecast.leaseEndsAt ?? NEVER) - forecast.anchorAt;
  const isProven = silentMs <= Math.min(leaseMs, UNSEEN_PLAY_MS_MAX);
  return isProven ? silentMs : (forecast.allowance.nextHeartbeatMs ?? 0);
}

/** Adds the play since the last step and shows the notices it made due. */
function play(draft: Draft): void {
  const { state, now } = draft;
  const playedMs = state.playedMs + (isPlaying(draft) ? provenMs(state, now) : 0);
  for (const { id, text } of noticesDue(state.forecast.allowance.notices, state.playedMs, playedMs)) {
    emit(draft, { type: 'notice', action: 'continue', id, text: text[draft.config.locale], texts: text });
  }
  state.playedMs = playedMs;
  state.playedUntilAt = now;
}

/** A beat's state holds from that beat on, so a pause and a resume are told at once. */
function hold(draft: Draft, by: 'game' | 'page', held: boolean): void {
  const { state } = draft;
  state.heldBy = { ...state.heldBy, [by]: held };
  const shouldPause = state.heldBy.game || state.heldBy.page;
  if (shouldPause === (state.phase === 'paused')) return;
  state.phase = shouldPause ? 'paused' : 'playing';
  emit(draft, { type: shouldPause ? 'paused' : 'resumed', action: 'continue', by });
  if (shouldPause) {
    state.confirming = null;
    beatNow(draft);
    return;
  }
  state.tickAt = draft.now + TICK_MS;
  if (state.forecast.countsFromAt === null) state.forecast = { ...state.forecast, countsFromAt: draft.now };
  doubt(draft, 'keep');
}

/** Nothing can be waited for any more, so the pause goes out at once, past a beat that is under way. */
function leave(draft: Draft): void {
  hold(draft, 'page', true);
  const { forecast, outgoing } = draft.state;
  const isKnown = outgoing === null && forecast.countsFromAt === null;
  const underWay = outgoing?.sentAt != null && outgoing.request.kind === 'beat' ? outgoing.request.body.state : null;
  if (!isKnown && underWay !== 'paused') makeBeat(draft);
}

function beatNow({ state, now }: Draft): void {
  if (state.forecast.allowance.nextHeartbeatMs !== null) state.beatAt = now;
}

/** What is foretold may be out of date: asks the gateway and holds the end back until it answers, for a short while. */
function doubt(draft: Draft, underWay: 'resend' | 'keep'): void {
  const { state, now } = draft;
  if (state.forecast.allowance.nextHeartbeatMs === null) return;
  state.beatAt = now;
  if (!state.mayConfirm) {
    readStrictly(draft);
    return;
  }
  state.confirming = { sinceAt: now, untilAt: now + draft.config.confirmMs };
  state.mayConfirm = false;
  if (state.outgoing !== null && (underWay === 'resend' || state.outgoing.sentAt === null)) {
    state.outgoing = { ...state.outgoing, sentAt: null, retryAt: now };
  }
}

/** No answer came: the end stands as it was told last, as if there had been no pause. */
function readStrictly({ state }: Draft): void {
  state.confirming = null;
  if (state.forecast.countsFromAt !== null) {
    state.forecast = { ...state.forecast, countsFromAt: state.forecast.anchorAt };
  }
}

function takeAnswer(draft: Draft, reply: HeartbeatReply): void {
  const { state, now, random } = draft;
  const { outgoing } = state;
  if (outgoing?.sentAt == null || outgoing.request.kind !== 'beat') return;
  const { body } = outgoing.request;
  const forecast = forecastFrom(reply, body.seq, { sentAt: outgoing.sentAt, receivedAt: now });
  const before = state.forecast;
  const isReset = isNewDay(before, forecast);
  if (isReset) {
    state.warnedMs = {};
    emit(draft, { type: 'dayReset', action: 'continue', used: reply.used });
  }
  const stopped = body.state === 'paused';
  state.forecast = stopped && reply.verdict !== 'end' ? forecastOfPause(draft, forecast) : forecast;
  state.outgoing = null;
  state.failures = 0;
  state.receipt = reply.receipt ?? state.receipt;
  if (state.confirming !== null && outgoing.sentAt >= state.confirming.sinceAt) state.confirming = null;
  state.mayConfirm = state.confirming === null;
  const isTold = stopped === (state.phase === 'paused') && state.mayConfirm;
  const { nextHeartbeatMs } = reply;
  state.beatAt = nextHeartbeatMs === null ? null : isTold ? now + pacedDelayMs(nextHeartbeatMs, random) : now;
  if (state.link === 'offline') {
    state.link = 'online';
    emit(draft, { type: 'online', action: 'continue' });
  }
  if (!isReset && reply.verdict !== 'end' && wasExtended(before, forecast)) emitExtended(draft, before);
  if (reply.verdict === 'end') {
    const { reason, nextAllowedAt, message } = reply;
    const text = message?.[draft.config.locale] ?? null;
    finish(draft, { by: 'gateway', reason, closeWord: closeWordOf(reason), isRuled: true, nextAllowedAt, text });
  }
}

/** An answer to a pause that is over by now does not know of the play since, so it cannot put off the end. */
function forecastOfPause(draft: Draft, told: Forecast): Forecast {
  if (!isPlaying(draft)) return { ...told, countsFromAt: null };
  const before = endAtOf(draft.state.forecast);
  const after = { ...told, countsFromAt: draft.now };
  const isLater = before !== null && before < (endAtOf(after) ?? NEVER);
  return isLater ? { ...draft.state.forecast, leaseEndsAt: told.leaseEndsAt } : after;
}

function emitExtended(draft: Draft, before: Forecast): void {
  const remaining = remainingAt(draft.state.forecast, draft.now);
  const leftMs = remainingMsAt(before, draft.now) ?? 0;
  const addedMs = remaining.remainingMs === null ? null : remaining.remainingMs - leftMs;
  if (addedMs === null || addedMs > MOVED_AWAY_MS) {
    emit(draft, { type: 'extended', action: 'continue', addedMs, ...remaining });
  }
}

function takeFailure(draft: Draft, error: PlaygateError): void {
  const { state, now } = draft;
  const { outgoing } = state;
  if (outgoing?.sentAt == null) return;
  if (!isRetryable(error)) {
    emit(draft, { type: 'error', action: 'exit', error });
    finish(draft, { by: 'gateway', reason: 'session_closed', closeWord: null });
    return;
  }
  if (state.confirming !== null && outgoing.sentAt >= state.confirming.sinceAt) readStrictly(draft);
  retryLater(draft, error);
  if (state.link === 'offline') return;
  state.link = 'offline';
  const end = earlier(endByRule(state.forecast), endByLease(state.forecast));
  const playUntilAt = end === null ? null : serverTimeAt(state.forecast, Math.max(end.at, now));
  emit(draft, { type: 'offline', action: 'continue', error, playUntilAt });
}

function retryLater({ state, now, random }: Draft, error: PlaygateError): void {
  state.failures += 1;
  const retryAt = now + retryDelayMs(state.failures, retryAfterMsOf(error), random);
  state.outgoing = state.outgoing && { ...state.outgoing, sentAt: null, retryAt };
}

/** Brings about what the moment makes due. */
function settle(draft: Draft): void {
  const { state, now } = draft;
  if (isPlaying(draft)) {
    if (state.confirming !== null && now >= state.confirming.untilAt) readStrictly(draft);
    if (state.confirming === null) foretell(draft);
    if (isPlaying(draft) && now >= state.tickAt) {
      state.tickAt = now + TICK_MS;
      emit(draft, { type: 'tick', action: 'continue', ...remainingAt(state.forecast, now) });
    }
  }
  if (state.phase === 'closing' || state.phase === 'closed') return;
  if (state.outgoing === null && state.beatAt !== null && now >= state.beatAt) makeBeat(draft);
  resendWhenDue(draft);
}

/** End, then time to save, then warnings: the gravest that is due, and only that. */
function foretell(draft: Draft): void {
  const { state, now, config } = draft;
  const end = earlier(endByRule(state.forecast), endByLease(state.forecast));
  if (end !== null && now >= end.at) {
    finish(draft, { ...end, by: 'limit', closeWord: closeWordOf(end.reason), isRuled: true });
    return;
  }
  const near = nearEnd(state.forecast, state.link);
  const leftMs = near === null ? NEVER : near.at - now;
  if (state.phase === 'saving' && leftMs > config.graceToSaveMs + MOVED_AWAY_MS) state.phase = 'playing';
  if (state.phase === 'playing' && near !== null && leftMs <= config.graceToSaveMs) startSaving(draft, near);
  warn(draft);
}

function startSaving(draft: Draft, end: ForetoldEnd): void {
  const { state, now } = draft;
  state.phase = 'saving';
  // The end is near enough to ask once more whether it stands.
  if (state.outgoing === null) beatNow(draft);
  const left = { remainingMs: end.at - now, endsAt: serverTimeAt(state.forecast, end.at) };
  const remaining = { ...remainingAt(state.forecast, now), ...left };
  emit(draft, { type: 'limitReached', action: 'save', reason: end.reason, ...remaining });
}

function warn(draft: Draft): void {
  const { state, now } = draft;
  const remaining = remainingAt(state.forecast, now);
  if (remaining.remainingMs === null) return;
  const rule = remaining.bindingRule?.id ?? NO_RULE;
  const stepMs = stepCrossed(state.forecast.allowance.warningsMs, remaining.remainingMs, state.warnedMs[rule]);
  if (stepMs === null) return;
  state.warnedMs = { ...state.warnedMs, [rule]: stepMs };
  if (state.phase === 'playing') emit(draft, { type: 'warning', action: 'continue', stepMs, ...remaining });
}

function makeBeat({ state, now }: Draft): void {
  state.seq += 1;
  const body = { seq: state.seq, state: state.phase === 'paused' ? 'paused' : 'active', ...receiptOf(state) } as const;
  state.outgoing = { request: { kind: 'beat', body }, sentAt: null, retryAt: now };
  state.failures = 0;
}

const receiptOf = ({ receipt }: SessionState) => receipt !== undefined && { receipt };

function resendWhenDue({ state, effects, now }: Draft): void {
  const { outgoing } = state;
  if (outgoing === null || outgoing.sentAt !== null || now < outgoing.retryAt) return;
  state.outgoing = { ...outgoing, sentAt: now };
  effects.push({ type: 'send', request: outgoing.request });
}

interface Ending {
  readonly by: EndedBy;
  readonly reason: EndedEvent['reason'];
  /** Null: there is nothing left to close. */
  readonly closeWord: string | null;
  /** A rule was enforced, and the close says when. */
  readonly isRuled?: boolean;
  readonly nextAllowedAt?: string | null;
  readonly text?: string | null;
}

function finish(draft: Draft, ending: Ending): void {
  const { state, now } = draft;
  const endedAt = serverTimeAt(state.forecast, now);
  const { by, reason, closeWord, nextAllowedAt = null, text = null } = ending;
  const bindingRule = state.forecast.allowance.bindingRule;
  emit(draft, { type: 'ended', action: 'exit', by, reason, bindingRule, endedAt, nextAllowedAt, text });
  state.phase = closeWord === null ? 'closed' : 'closing';
  state.outgoing = null;
  state.confirming = null;
  state.beatAt = null;
  state.failures = 0;
  if (closeWord === null) return;
  const verdictSeq = state.forecast.seq;
  const enforcement = ending.isRuled && verdictSeq > 0 ? { enforcement: { verdictSeq, endedAt } } : {};
  const request: GatewayRequest = { kind: 'close', body: { reason: closeWord, ...enforcement, ...receiptOf(state) } };
  state.outgoing = { request, sentAt: null, retryAt: now };
  resendWhenDue(draft);
}

function closingStep(draft: Draft, input: Input): void {
  const { state, now } = draft;
  if (input.type === 'closeAnswered') {
    state.phase = 'closed';
    state.outgoing = null;
  } else if (input.type === 'failed' && state.outgoing?.sentAt != null) {
    // What was played was played until the end.
    const leaseEndsAt = state.forecast.leaseEndsAt ?? state.playedUntilAt;
    if (!isRetryable(input.error) || now >= leaseEndsAt + CLOSE_AFTER_LEASE_MS_MAX) {
      state.phase = 'closed';
      state.outgoing = null;
    } else {
      retryLater(draft, input.error);
    }
  } else if (input.type !== 'timer' && state.outgoing?.sentAt === null) {
    // Something happened to the page or the network: a better moment than the one that was set.
    state.outgoing = { ...state.outgoing, retryAt: now };
  }
  resendWhenDue(draft);
}
