// When the machine has something to do next. Pure; being woken too early is harmless, too late is not.
import { endByLease, endByRule, nearEnd } from './ending.ts';
import { remainingMsAt } from './predictor.ts';
import { NO_RULE, nextStep, untilNoticeMs } from './reminders.ts';
import type { MachineConfig, SessionState } from './state.ts';

/** Null: only an input from outside moves it on. */
export function nextWakeAt(state: SessionState, config: MachineConfig, now: number): number | null {
  if (state.phase === 'closed') return null;
  const isPlaying = state.phase === 'playing' || state.phase === 'saving';
  const due = [requestDueAt(state), ...(isPlaying ? [state.tickAt, ...playDueAt(state, config, now)] : [])];
  const times = due.filter((at) => at !== null);
  return times.length === 0 ? null : Math.max(now, Math.min(...times));
}

/** A request under way is waited for: it settles by its own timeout. */
function requestDueAt({ outgoing, beatAt }: SessionState): number | null {
  if (outgoing === null) return beatAt;
  return outgoing.sentAt === null ? outgoing.retryAt : null;
}

function playDueAt(state: SessionState, config: MachineConfig, now: number): (number | null)[] {
  const { forecast } = state;
  const untilNotice = untilNoticeMs(forecast.allowance.notices, state.playedMs);
  const due = [untilNotice === null ? null : now + untilNotice];
  if (state.confirming !== null) return [...due, state.confirming.untilAt];
  const near = nearEnd(forecast, state.link);
  if (state.phase === 'playing' && near !== null) due.push(near.at - config.graceToSaveMs);
  due.push(endByRule(forecast)?.at ?? null, endByLease(forecast)?.at ?? null);
  const remainingMs = remainingMsAt(forecast, now);
  if (remainingMs === null) return due;
  const rule = forecast.allowance.bindingRule?.id ?? NO_RULE;
  const stepMs = nextStep(forecast.allowance.warningsMs, remainingMs, state.warnedMs[rule]);
  return stepMs === null ? due : [...due, now + remainingMs - stepMs];
}
