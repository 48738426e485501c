// Citations in each language. Those of the packs stand beside the packs and not in them: a document is known by its hash,
// and records name that hash, so that a published version never gains a word.
import shipped from './packs/citations.json' with { type: 'json' };
import type { LocalizedText, PolicyDocument } from './policy-document.ts';

const SHIPPED: ReadonlyMap<string, LocalizedText> = new Map(shipped.map(({ cite, text }) => [cite, text]));

/** A citation as readers of each language know it; one that nobody has put into words stands as it is in both. */
export function citationText(cite: string, document?: Pick<PolicyDocument, 'citations'>): LocalizedText {
  const own = document?.citations?.find((citation) => citation.cite === cite);
  return own?.text ?? SHIPPED.get(cite) ?? { vi: cite, en: cite };
}
