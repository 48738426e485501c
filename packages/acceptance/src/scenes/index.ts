// How each published case is played.
import type { CaseId } from '../published-cases.ts';
import type { Stage } from '../stage.ts';
import { limitEnd, midnight, quitCloses, twoDevices } from './ends.ts';
import { offlineLease, offlineShort } from './outages.ts';
import { adultNotice, noticeShown, warningShown } from './reminders.ts';
import { agentClosed, denialShown, ratingDenied, ratingShown, startAllowed, unverifiedDenied } from './starts.ts';

export const SCENES: Readonly<Record<CaseId, (stage: Stage) => Promise<void>>> = {
  start_allowed: startAllowed,
  rating_shown: ratingShown,
  warning_shown: warningShown,
  notice_shown: noticeShown,
  adult_notice: adultNotice,
  limit_end: limitEnd,
  denial_shown: denialShown,
  unverified_denied: unverifiedDenied,
  rating_denied: ratingDenied,
  midnight,
  offline_short: offlineShort,
  offline_lease: offlineLease,
  two_devices: twoDevices,
  quit_closes: quitCloses,
  agent_closed: agentClosed,
};
