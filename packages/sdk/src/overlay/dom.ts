// Small pieces of a shadow tree. Text is set as text only: no word from outside becomes markup.

export interface Piece {
  /** Default: its part. */
  readonly class?: string;
  /** Name under which a game's style sheet reaches it. */
  readonly part?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  piece: Piece = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = piece.class ?? piece.part ?? '';
  if (piece.part !== undefined) element.setAttribute('part', piece.part);
  if (piece.text !== undefined) element.textContent = piece.text;
  for (const [name, value] of Object.entries(piece.attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Touches the page only where something changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
