// What the record is told of sessions whose beats and closes were answered by their token alone: the ledger was away, or
// does not know a session that was opened meanwhile. The token names the player, not the person, so the directory is asked;
// nobody waits for that.
import type { Instant, LedgerEntry } from '@playgate/policy';
import { LRUCache } from 'lru-cache';
import type { Players } from '../directory/directory.ts';
import type { SessionClaims } from '../directory/principal.ts';
import type { FallbackRecord } from './fallback-record.ts';
import { decodeContext } from './session-context.ts';
import { NOTHING_USED } from './session-reply.ts';
import type { CloseFacts } from './session-store.ts';
import { fallbackFields, ledgerFields } from './stream-entry.ts';

/** Sessions remembered as told; one that was forgotten is told once more. */
const TOLD_MAX = 20_000;

export interface UnmeteredFallbackPorts {
  readonly fallback: FallbackRecord;
  readonly players: Pick<Players, 'findProfile'>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class UnmeteredFallback {
  readonly #ports: UnmeteredFallbackPorts;
  readonly #told = new LRUCache<string, true>({ max: TOLD_MAX });

  constructor(ports: UnmeteredFallbackPorts) {
    this.#ports = ports;
  }

  /** The first beat of a session that is answered so says that play went on. */
  noteBeat(claims: SessionClaims, now: Instant): void {
    this.#noteOnce('beat', claims, [{ kind: 'resumed', at: now }], null, now);
  }

  noteClose(claims: SessionClaims, close: CloseFacts, now: Instant): void {
    const numbers = { used: NOTHING_USED, limitMs: NO_LIMITS, overrunMs: 0, gaps: 0 };
    const ended = { kind: 'ended', at: now, cause: 'closed', limitAt: null, orderedAt: null, ...numbers } as const;
    this.#noteOnce('close', claims, [ended, { kind: 'closed', at: now, overrunMs: 0 }], close, now);
  }

  #noteOnce(
    what: 'beat' | 'close',
    claims: SessionClaims,
    entries: readonly LedgerEntry[],
    close: CloseFacts | null,
    now: Instant,
  ): void {
    const mark = `${what}:${claims.sessionId}`;
    if (this.#told.has(mark)) return;
    this.#told.set(mark, true);
    void this.#findPerson(claims, now).then((personId) => {
      if (personId === null) return;
      const { context, gameId, playerId, sessionId, world } = claims;
      const { ageBand } = decodeContext(context);
      const place = { agentId: null, stationId: null, humanId: null };
      const identity = { sessionId, world, personId, playerId, gameId, ageBand, ...place };
      for (const entry of entries) {
        this.#ports.fallback.note(fallbackFields(ledgerFields(identity, context, entry, { close, by: null })));
      }
    });
  }

  /** Null: erased meanwhile, or the directory is away too. */
  async #findPerson({ playerId, world }: SessionClaims, now: Instant): Promise<string | null> {
    try {
      return (await this.#ports.players.findProfile(world, playerId, now))?.personId ?? null;
    } catch (error) {
      this.#ports.onTrouble('what was answered without the ledger is on no record', error);
      return null;
    }
  }
}

const NO_LIMITS = { game: null, provider: null, agent: null, person: null };
