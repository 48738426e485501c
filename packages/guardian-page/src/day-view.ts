// What was played today, against what may be played.
import type { GuardianRulesReply, PlaytimeReply } from '@playgate/contract/wire';
import { byId, make, setHidden, setText } from './dom.ts';
import { formatDay, formatDuration } from './format.ts';
import { texts } from './language.ts';

export function showDay(day: PlaytimeReply, { effective, serverAt, zone }: GuardianRulesReply): void {
  const { dayLimitMs, gameLimitMs } = effective;
  setText('today-title', texts().today(formatDay(serverAt, zone)));
  setText('used-day', formatDuration(day.totalMs));
  setText('limit-day', dayLimitMs === null ? texts().noLimit : texts().ofLimit(formatDuration(dayLimitMs)));
  const meter = byId('meter', HTMLProgressElement);
  meter.hidden = dayLimitMs === null;
  meter.value = dayLimitMs === null || dayLimitMs === 0 ? 1 : Math.min(1, day.totalMs / dayLimitMs);
  setHidden('no-play', day.games.length > 0);
  const limit = gameLimitMs === null ? '' : ` / ${formatDuration(gameLimitMs)}`;
  const rows = day.games.map(({ title, usedMs }) =>
    make('li', {}, make('span', { textContent: title }), make('span', { textContent: formatDuration(usedMs) + limit })),
  );
  byId('games', HTMLElement).replaceChildren(...rows);
}
