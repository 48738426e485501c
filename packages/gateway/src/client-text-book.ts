// The texts that clients show, by language: those of the contract, some of them replaced by an operator's file
// (`{"vi": {"exit": "…"}, "en": {…}}`). The file is looked at again and again, so a text changes without a restart.
import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CLIENT_LOCALES, CLIENT_TEXTS, type ClientLocale, limits } from '@playgate/contract';
import { canonicalJson } from '@playgate/policy';
import { ConfigError } from './config.ts';

export interface ClientTexts {
  /** The same for the same texts in every gateway. */
  readonly version: string;
  readonly texts: Readonly<Record<string, string>>;
}

type ByLocale = Readonly<Record<ClientLocale, Readonly<Record<string, string>>>>;

const CONTROL = /[\p{Cc}\p{Cs}]/u;

export class ClientTextBook {
  readonly #file: string | null;
  #shown: Readonly<Record<ClientLocale, ClientTexts>>;
  #stamp: string;

  private constructor(file: string | null, stamp: string, replaced: Partial<ByLocale>) {
    this.#file = file;
    this.#stamp = stamp;
    this.#shown = laidOver(replaced);
  }

  /** Throws a ConfigError that says what is wrong with the file. */
  static async open(file: string | null): Promise<ClientTextBook> {
    if (file === null) return new ClientTextBook(null, '', {});
    try {
      return new ClientTextBook(file, await stampOf(file), await readTexts(file));
    } catch (error) {
      throw new ConfigError([`PLAYGATE_TEXTS_FILE: ${(error as Error).message}`]);
    }
  }

  textsOf(locale: ClientLocale): ClientTexts {
    return this.#shown[locale];
  }

  /** Takes in a file that changed. Rejects where it cannot be used; what was shown stays, and it is not tried again until it changes. */
  async reload(): Promise<void> {
    if (this.#file === null) return;
    const stamp = await stampOf(this.#file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#shown = laidOver(await readTexts(this.#file));
  }
}

async function stampOf(file: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(file);
  return `${ino} ${mtimeMs} ${size}`;
}

function laidOver(replaced: Partial<ByLocale>): Readonly<Record<ClientLocale, ClientTexts>> {
  const shown = CLIENT_LOCALES.map((locale) => {
    const texts = { ...CLIENT_TEXTS[locale], ...replaced[locale] };
    return [locale, { version: hash('sha256', canonicalJson({ locale, texts })).slice(0, 32), texts }] as const;
  });
  return Object.fromEntries(shown) as Record<ClientLocale, ClientTexts>;
}

/** Throws an Error that names the text at fault. */
async function readTexts(file: string): Promise<Partial<ByLocale>> {
  const replaced: unknown = JSON.parse(await readFile(file, 'utf8'));
  for (const [locale, texts] of entriesOf(replaced, 'the file')) {
    if (!CLIENT_LOCALES.some((known) => known === locale)) {
      throw new TypeError(`${locale} is not one of the languages: ${CLIENT_LOCALES.join(', ')}`);
    }
    for (const [name, text] of entriesOf(texts, locale)) assertFit(`${locale}.${name}`, text, textAt(locale, name));
  }
  return replaced as Partial<ByLocale>;
}

function entriesOf(value: unknown, name: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`);
  return Object.entries(value);
}

function textAt(locale: string, name: string): string | undefined {
  const texts = CLIENT_TEXTS[locale as ClientLocale];
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function assertFit(name: string, text: unknown, shipped: string | undefined): void {
  if (shipped === undefined) throw new TypeError(`${name} is no text of clients`);
  const isText = typeof text === 'string' && text.trim() !== '' && !CONTROL.test(text);
  if (!isText || text.length > limits.CLIENT_TEXT_LENGTH_MAX) {
    throw new TypeError(`${name} must be a text of 1 to ${limits.CLIENT_TEXT_LENGTH_MAX} characters in one line`);
  }
  if (placesOf(text) !== placesOf(shipped)) throw new TypeError(`${name} must have the places to fill of: ${shipped}`);
}

const placesOf = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');
