// How a session goes on after a reload of its page. Pure.
import type { HeartbeatReply } from '@playgate/contract/wire';
import { openedState } from '../session/machine.ts';
import { type Exchange, forecastFrom, isNewDay } from '../session/predictor.ts';
import type { Moment, SessionState } from '../session/state.ts';

/** Numbers left out, so that none is used that the former page sent without leaving word of it. */
export const SEQ_SKIPPED = 8;

/** After a reload the gateway was asked first, with beat `reply.seq`: its answer holds, and what was shown stays shown. */
export function resumedState(
  before: SessionState,
  { reply, ...exchange }: Exchange & { readonly reply: HeartbeatReply; readonly seq: number },
  moment: Moment,
): SessionState {
  const forecast = forecastFrom(reply, exchange.seq, exchange);
  return {
    ...openedState(forecast, moment),
    seq: exchange.seq,
    receipt: reply.receipt ?? before.receipt,
    playedMs: before.playedMs,
    warnedMs: isNewDay(before.forecast, forecast) ? {} : before.warnedMs,
  };
}
