// Newer words than the shipped ones, from the gateway. The browser's own cache keeps them, by the version in the ETag, for
// when the gateway is away. Whatever goes wrong, there are words.
import type { Locale } from '../options.ts';
import { type OverlayTexts, SHIPPED_TEXTS } from './texts.ts';

/** A longer one is no text of an overlay. */
const TEXT_LENGTH_MAX = 400;
const WAIT_MS_MAX = 3_000;

export interface TextSource {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly locale: Locale;
}

/**
 * What `GET /v1/client-texts?locale=` answers as `texts`, laid over the shipped ones; names it does not know are ignored.
 * Never rejects; at most 6 s. For `createOverlay({ texts })` or `overlay.configure({ texts })`.
 */
export async function loadOverlayTexts({ gatewayUrl, publishableKey, locale }: TextSource): Promise<OverlayTexts> {
  const shipped = SHIPPED_TEXTS[locale];
  const load = async (cache: RequestCache): Promise<OverlayTexts> => {
    const response = await fetch(`${gatewayUrl.replace(/\/+$/, '')}/v1/client-texts?locale=${locale}`, {
      headers: { Authorization: `Bearer ${publishableKey}` },
      signal: AbortSignal.timeout(WAIT_MS_MAX),
      cache,
    });
    const { texts } = await response.json();
    const known = Object.entries(texts).filter(
      ([name, text]) => Object.hasOwn(shipped, name) && typeof text === 'string' && text.length <= TEXT_LENGTH_MAX,
    );
    return { ...shipped, ...Object.fromEntries(known) };
  };
  return load('default').catch(() => load('force-cache').catch(() => shipped));
}
