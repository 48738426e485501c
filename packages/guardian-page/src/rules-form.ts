// The form of limits and bedtimes.
import type { GuardianRulesReply, GuardianRulesRequest } from '@playgate/contract/wire';
import { BedtimeRows } from './bedtime-rows.ts';
import { byId, setHidden, setText } from './dom.ts';
import { formatDuration } from './format.ts';
import { texts } from './language.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

type Limits = Pick<GuardianRulesRequest, 'gameLimitMs' | 'dayLimitMs' | 'bedtimes'>;

export class RulesForm {
  readonly #bedtimes = new BedtimeRows();

  constructor(onSave: (limits: Limits) => void) {
    byId('rules', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const limits = this.#read();
      if (limits !== null) onSave(limits);
    });
  }

  /** Puts the rules into the fields; what was typed and not saved is lost. */
  show(reply: GuardianRulesReply): void {
    const { bedtimes, dayLimitMs, gameLimitMs } = reply.rules;
    fieldOf('day-limit').value = minutesOf(dayLimitMs);
    fieldOf('game-limit').value = minutesOf(gameLimitMs);
    this.#bedtimes.show(bedtimes);
    this.#complain([]);
    this.showLaw(reply);
  }

  /** The words around the fields; what was typed stays. */
  showLaw({ law, zone }: GuardianRulesReply): void {
    const limitOf = (scope: string) =>
      law.budgets.filter((budget) => budget.scope === scope).map(({ limitMs }) => limitMs);
    const { lawDay, lawGame, lawWindow, noLaw } = texts();
    const [dayLimits, gameLimits] = [limitOf('provider'), limitOf('game')];
    setText('law-day', dayLimits.length === 0 ? noLaw : lawDay(formatDuration(Math.min(...dayLimits))));
    setText('law-game', gameLimits.length === 0 ? noLaw : lawGame(formatDuration(Math.min(...gameLimits))));
    const windows = law.windows.map(({ days, effect, from, to }) =>
      lawWindow[effect](days.map((day) => texts().day[day]).join(', '), from, to),
    );
    setText('law-windows', windows.join(' '));
    setHidden('law-windows', windows.length === 0);
    setText('zone', texts().zone(zone));
    this.#bedtimes.repeat();
  }

  /** Null: something is wrong, and the page says what. */
  #read(): Limits | null {
    const dayLimit = readMinutes('day-limit');
    const gameLimit = readMinutes('game-limit');
    const wrongLimits = [dayLimit, gameLimit].filter((limit) => !limit.isRight).map(({ id }) => id);
    const bedtimes = this.#bedtimes.read();
    this.#complain([...wrongLimits, ...(bedtimes === null ? ['bedtimes'] : [])]);
    const first = wrongLimits[0];
    if (first !== undefined) fieldOf(first).focus();
    if (first !== undefined || bedtimes === null) return null;
    return { dayLimitMs: dayLimit.ms, gameLimitMs: gameLimit.ms, bedtimes };
  }

  #complain(wrong: readonly string[]): void {
    for (const id of ['day-limit', 'game-limit', 'bedtimes']) {
      const isWrong = wrong.includes(id);
      setText(`${id}-wrong`, id === 'bedtimes' ? texts().wrongBedtime : texts().wrongMinutes);
      setHidden(`${id}-wrong`, !isWrong);
      if (id !== 'bedtimes') fieldOf(id).setAttribute('aria-invalid', String(isWrong));
    }
  }
}

const fieldOf = (id: string) => byId(id, HTMLInputElement);
const minutesOf = (ms: number | null) => (ms === null ? '' : String(Math.floor(ms / MINUTE_MS)));

function readMinutes(id: string): { readonly id: string; readonly isRight: boolean; readonly ms: number | null } {
  const { validity, value } = fieldOf(id);
  if (value === '' && !validity.badInput) return { id, isRight: true, ms: null };
  const minutes = Number(value);
  const isRight = !validity.badInput && Number.isInteger(minutes) && minutes >= 0 && minutes <= DAY_MINUTES;
  return { id, isRight, ms: isRight ? minutes * MINUTE_MS : null };
}
