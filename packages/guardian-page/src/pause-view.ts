import type { GuardianRulesReply } from '@playgate/contract/wire';
import { byId, setHidden, setText } from './dom.ts';
import { formatMoment } from './format.ts';
import { texts } from './language.ts';

const HOUR_MS = 3_600_000;

type Pause = GuardianRulesReply['rules']['pause'];

/** A pause whose end has passed is none. */
export function standingPause({ rules, serverAt }: GuardianRulesReply): Pause {
  const untilAt = rules.pause?.untilAt ?? null;
  return untilAt !== null && untilAt <= serverAt ? null : rules.pause;
}

export function showPause(reply: GuardianRulesReply): void {
  const pause = standingPause(reply);
  const untilAt = pause?.untilAt ?? null;
  const { notPaused, paused, pausedUntil } = texts();
  const said = untilAt === null ? paused : pausedUntil(formatMoment(untilAt, reply.zone));
  setText('pause-state', pause === null ? notPaused : said);
  byId('pause-section', HTMLElement).dataset.paused = String(pause !== null);
  setHidden('pause-buttons', pause !== null);
  setHidden('resume', pause === null);
}

/** `onPause` is given the pause asked for; null lifts it. `serverAt` tells the time of the child's world. */
export function listenForPause(serverAt: () => string, onPause: (pause: Pause) => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-pause-hours]')) {
    button.addEventListener('click', () => {
      const hours = Number(button.dataset.pauseHours);
      const untilAt = hours === 0 ? null : new Date(Date.parse(serverAt()) + hours * HOUR_MS).toISOString();
      onPause({ untilAt });
    });
  }
  byId('resume', HTMLButtonElement).addEventListener('click', () => onPause(null));
}
