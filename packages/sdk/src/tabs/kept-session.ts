// What a page leaves behind for its own reload. Written only when the page is hidden or left, taken back when it is seen
// again, and gone with the tab: nothing of a session stays on a machine that others use after.
import type { PageState } from '../platform/platform.ts';
import { KeptText } from './kept-text.ts';
import type { Running } from './tab-sharing.ts';

export class KeptSession extends KeptText<Running> {
  /** What became of the page, after the session was told. */
  keep(page: PageState, left: Running): void {
    const isOver = left.state.phase === 'closing' || left.state.phase === 'closed';
    if (page === 'visible' || (page === 'hidden' && isOver)) this.clear();
    else this.write(left);
  }
}
