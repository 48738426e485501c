// The rows of the form that hold bedtimes.
import type { GuardianRulesReply } from '@playgate/contract/wire';
import { byId, make, setHidden } from './dom.ts';
import { texts } from './language.ts';

export type Bedtime = GuardianRulesReply['rules']['bedtimes'][number];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** As many as the contract takes. */
const BEDTIMES_MAX = 14;
const EVENING: Bedtime = { days: DAYS, from: '21:00', to: '07:00' };

export class BedtimeRows {
  readonly #list = byId('bedtimes', HTMLElement);
  readonly #add = byId('add-bedtime', HTMLButtonElement);

  constructor() {
    this.#add.addEventListener('click', () => {
      this.show([...this.#readAll(), EVENING]);
      this.#list.lastElementChild?.querySelector('input')?.focus();
    });
  }

  show(bedtimes: readonly Bedtime[]): void {
    this.#list.replaceChildren(...bedtimes.map((bedtime, index) => this.#row(bedtime, index)));
    setHidden('no-bedtimes', bedtimes.length > 0);
    this.#add.disabled = bedtimes.length >= BEDTIMES_MAX;
  }

  /** Null: one of them is not complete; the first such row is given the focus. */
  read(): readonly Bedtime[] | null {
    const bedtimes = this.#readAll();
    const wrongAt = bedtimes.findIndex(
      ({ days, from, to }) => days.length === 0 || from === '' || to === '' || from === to,
    );
    if (wrongAt < 0) return bedtimes;
    this.#list.children[wrongAt]?.querySelector('input')?.focus();
    return null;
  }

  /** As it stands, complete or not; used again when the language changes. */
  #readAll(): readonly Bedtime[] {
    return [...this.#list.children].map((row) => {
      const [from, to] = row.querySelectorAll<HTMLInputElement>('input[type=time]');
      const boxes = [...row.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
      const end = to?.value ?? '';
      return {
        days: DAYS.filter((_, index) => boxes[index]?.checked),
        from: from?.value ?? '',
        // The end of the day, which a field for a time of day cannot say.
        to: end === '00:00' ? '24:00' : end,
      };
    });
  }

  repeat(): void {
    this.show(this.#readAll());
  }

  #row({ days, from, to }: Bedtime, index: number): HTMLElement {
    const number = index + 1;
    const remove = make('button', {
      type: 'button',
      textContent: texts().removeShort,
      ariaLabel: texts().remove(number),
    });
    remove.addEventListener('click', () => {
      this.show(this.#readAll().filter((_, other) => other !== index));
      this.#add.focus();
    });
    const boxes = DAYS.map((day) =>
      make(
        'label',
        { className: 'day' },
        make('input', { type: 'checkbox', checked: days.includes(day), ariaLabel: texts().dayName[day] }),
        make('span', { textContent: texts().day[day], ariaHidden: 'true' }),
      ),
    );
    return make(
      'fieldset',
      { className: 'bedtime' },
      make('legend', { textContent: texts().bedtime(number) }),
      make('div', { className: 'times' }, timeField(texts().from, from), timeField(texts().to, to), remove),
      make('div', { className: 'days', role: 'group', ariaLabel: texts().days }, ...boxes),
    );
  }
}

function timeField(label: string, value: string): HTMLElement {
  const input = make('input', { type: 'time', value: value === '24:00' ? '00:00' : value, required: true });
  return make('label', {}, `${label} `, input);
}
