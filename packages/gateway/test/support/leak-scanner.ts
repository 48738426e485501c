// Looks for personal data and secrets where none may be: every spelling of every fact, in every place a run left traces.

export interface Needle {
  /** What it is, for the report. */
  readonly name: string;
  readonly text: string;
}

/** Spellings of a calendar date: written out, turned round, and as an instant of its midnight (UTC and Vietnam). */
export function dateNeedles(name: string, date: string): readonly Needle[] {
  const [year, month, day] = date.split('-') as [string, string, string];
  const [plainMonth, plainDay] = [String(Number(month)), String(Number(day))];
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const inVietnam = midnight - 7 * 3_600_000;
  const spellings = [
    date,
    `${year}${month}${day}`,
    ...['-', '/', '.', ' '].flatMap((mark) => [
      [day, month, year].join(mark),
      [month, day, year].join(mark),
      [year, month, day].join(mark),
      [plainDay, plainMonth, year].join(mark),
      [plainMonth, plainDay, year].join(mark),
    ]),
    String(midnight),
    String(inVietnam),
  ];
  return [...new Set(spellings)].flatMap((text) => encoded(name, text));
}

/** Spellings of an E.164 number: with and without its country, as dialled at home. */
export function phoneNeedles(name: string, phone: string): readonly Needle[] {
  const digits = phone.slice(1);
  return [digits, `0${phone.slice(3)}`, phone.slice(3)].flatMap((text) => encoded(name, text));
}

export function textNeedles(name: string, text: string): readonly Needle[] {
  return encoded(name, text);
}

/** The text, in URLs, in JSON, in hex, and at each of the three offsets at which base64 can hold it. */
function encoded(name: string, text: string): readonly Needle[] {
  const bytes = Buffer.from(text);
  const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), bytes.toString('hex')];
  // Four letters of base64 hold three bytes; what shares a letter with its neighbours is left out.
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    forms.push(whole.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6)));
  }
  return [...new Set(forms)].map((form) => ({ name, text: form }));
}

/** Name of each fact that was found, with the place: `birth date in log`. */
export function findLeaks(needles: readonly Needle[], places: Readonly<Record<string, string>>): readonly string[] {
  const found = new Set<string>();
  for (const [place, text] of Object.entries(places)) {
    const readable = `${text}\n${decodeTokens(text)}`;
    for (const needle of needles) {
      if (readable.includes(needle.text)) found.add(`${needle.name} in ${place}`);
    }
  }
  return [...found].sort();
}

/** Header and payload of every JWT in a text. */
function decodeTokens(text: string): string {
  const tokens = text.match(/eyJ[\w-]+\.eyJ[\w-]+/g) ?? [];
  return [...new Set(tokens)]
    .flatMap((token) => token.split('.').map((part) => Buffer.from(part, 'base64url').toString()))
    .join('\n');
}
