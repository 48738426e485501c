import type { LocalizedText, Policy } from '@playgate/policy';

/** A rule by the id that answers name it with, and the text of the law it comes from. */
export interface DemoRule {
  readonly id: string;
  readonly limitMs: number | null;
  readonly cite: string | null;
  readonly text?: LocalizedText;
}

/** What the page can cite: budgets, conditions on the player, and notices. */
export function rulesOf({ document }: Policy): readonly DemoRule[] {
  const { budgets, identity, notices, references } = document;
  const rating = references.find(({ topic }) => topic === 'rating')?.cite ?? null;
  const condition = (id: string, cite: string | null) => ({ id, limitMs: null, cite });
  return [
    ...budgets.map(({ cite, id, limitMs }) => ({ id, limitMs, cite })),
    ...['identity', 'phone', 'guardian'].map((id) => condition(id, identity.cite)),
    condition('rating', rating),
    ...notices.map(({ cite, id, text }) => ({ ...condition(id, cite), text })),
  ];
}
