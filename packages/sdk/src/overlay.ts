// The overlay as a package entry of its own: a web component without a framework, over any game in a page.
import { type OverlayOptions, PlaygateOverlay } from './overlay/element.ts';

export type { OverlayOptions, PlaygateOverlay } from './overlay/element.ts';
export { loadOverlayTexts, type TextSource } from './overlay/text-loader.ts';
export type { OverlayTexts, TextKey } from './overlay/texts.ts';

const TAG = 'playgate-overlay';

/**
 * An overlay over the page, with nothing to show yet: give it a session (`follow`) or a refusal (`showDenial`). It fires
 * `playgate-exit` when the player leaves the end screen. @param parent where a game goes full-screen with an element of its
 * own, that element: browsers show what is outside of it, but let nobody press its buttons
 */
export function createOverlay(
  options: OverlayOptions = {},
  parent: ParentNode & Node = document.body,
): PlaygateOverlay {
  if (customElements.get(TAG) === undefined) customElements.define(TAG, PlaygateOverlay);
  const overlay = document.createElement(TAG) as PlaygateOverlay;
  overlay.configure(options);
  parent.append(overlay);
  return overlay;
}
