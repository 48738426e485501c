// A beat that spends a budget names its player; the other sessions of the person may be other players'. Who the person is, is
// looked up here, after the answer and a few at a time: at the end of a busy hour many budgets are spent at once.
import type { Instant } from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { AnnounceSessions } from './session-signal.ts';

const LOOK_UPS_MAX = 4;
/** More than that are not told: their heartbeats tell. */
const WAITING_MAX = 5_000;

export interface Spent {
  readonly world: World;
  readonly playerId: string;
  readonly sessionId: string;
  readonly now: Instant;
}

export interface SpentNoticePorts {
  readonly players: Pick<Players, 'findProfile'>;
  readonly announce: AnnounceSessions;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class SpentNotices {
  readonly #ports: SpentNoticePorts;
  readonly #waiting: Spent[] = [];
  #running = 0;

  constructor(ports: SpentNoticePorts) {
    this.#ports = ports;
  }

  note(spent: Spent): void {
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push(spent);
    if (this.#running < LOOK_UPS_MAX) void this.#work();
  }

  async #work(): Promise<void> {
    this.#running += 1;
    const { announce, onTrouble, players } = this.#ports;
    for (let spent = this.#waiting.shift(); spent !== undefined; spent = this.#waiting.shift()) {
      try {
        const profile = await players.findProfile(spent.world, spent.playerId, spent.now);
        if (profile === null) continue;
        announce({ kind: 'renew', personId: profile.personId, exceptSessionId: spent.sessionId });
      } catch (error) {
        onTrouble('other sessions were not told that a budget is spent', error);
      }
    }
    this.#running -= 1;
  }
}
