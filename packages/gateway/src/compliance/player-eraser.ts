import type { Instant } from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { LegalHolds } from './retention/legal-holds.ts';

export interface PlayerEraserPorts {
  readonly players: Pick<Players, 'erase'>;
  readonly store: Pick<SessionStore, 'renewSessions'>;
  readonly holds: Pick<LegalHolds, 'deferErasure'>;
  /** Told when running sessions could not be reached: they end at their lease or at midnight then. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Forgets who a player is, and makes the next beat of each running session ask for the player, who is gone. */
export class PlayerEraser {
  readonly #ports: PlayerEraserPorts;

  constructor(ports: PlayerEraserPorts) {
    this.#ports = ports;
  }

  /** False: unknown in this world. Erasing twice is fine. Under a legal hold it is kept for later, and true too. */
  async erase(world: World, playerId: string, now: Instant): Promise<boolean> {
    const { holds, onTrouble, players, store } = this.#ports;
    if (await holds.deferErasure(world, playerId, now)) return true;
    const personId = await players.erase(world, playerId, now);
    if (personId === null) return false;
    await store
      .renewSessions(personId, now)
      .catch((error: unknown) => onTrouble('sessions of an erased player go on until their lease', error));
    return true;
  }
}
