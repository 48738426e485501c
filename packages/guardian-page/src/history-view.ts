import type { GuardianRulesReply } from '@playgate/contract/wire';
import { byId, make, setHidden } from './dom.ts';
import { formatDuration, formatMoment } from './format.ts';
import { texts } from './language.ts';

type Rules = GuardianRulesReply['rules'];

export function showHistory({ history, zone }: GuardianRulesReply): void {
  const rows = history.map(({ author, rules, setAt }) =>
    make(
      'li',
      {},
      make('span', { textContent: `${formatMoment(setAt, zone)} · ${texts().author[author]}` }),
      make('span', { textContent: describeRules(rules) }),
    ),
  );
  byId('history', HTMLElement).replaceChildren(...rows);
  setHidden('no-history', rows.length > 0);
}

function describeRules({ bedtimes, dayLimitMs, gameLimitMs, pause }: Rules): string {
  const { change } = texts();
  const parts = [
    ...(pause === null ? [] : [change.paused]),
    ...(dayLimitMs === null ? [] : [change.day(formatDuration(dayLimitMs))]),
    ...(gameLimitMs === null ? [] : [change.game(formatDuration(gameLimitMs))]),
    ...(bedtimes.length === 0 ? [] : [change.bedtimes(bedtimes.length)]),
  ];
  return parts.length === 0 ? change.free : parts.join(' · ');
}
