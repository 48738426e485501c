import { type Locale, MESSAGES, type Messages } from './messages.ts';

const KEPT_AS = 'playgate-guardian-language';

let locale: Locale = readKept();

/** Vietnamese unless the visitor chose otherwise. Storage may be forbidden; then the choice is not kept. */
function readKept(): Locale {
  try {
    return localStorage.getItem(KEPT_AS) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

export const currentLocale = (): Locale => locale;
export const texts = (): Messages => MESSAGES[locale];

export function chooseLocale(chosen: Locale): void {
  locale = chosen;
  try {
    localStorage.setItem(KEPT_AS, chosen);
  } catch {
    // Not kept.
  }
}

/** Fills every element that names its text: `data-text`, and `data-label` for its accessible name. */
export function fillTexts(root: Document): void {
  root.documentElement.lang = locale;
  const page = texts().page as Readonly<Record<string, string>>;
  root.title = texts().page.title;
  for (const element of root.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = page[element.dataset.text ?? ''] ?? '';
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-label]')) {
    element.setAttribute('aria-label', page[element.dataset.label ?? ''] ?? '');
  }
}
