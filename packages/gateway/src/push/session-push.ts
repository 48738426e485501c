// Push, joined: signals of this gateway's ledger go to its own streams at once and over the change bus to those of the others.
// Everything here may be lost: heartbeats are the truth, and a person that is not known costs only the wait for the next one.
import type { Instant } from '@playgate/policy';
import type { ChangeBus } from '../directory/change-bus.ts';
import type { Players } from '../directory/directory.ts';
import type { SessionClaims } from '../directory/principal.ts';
import type { World } from '../directory/world.ts';
import { decodeContext } from '../sessions/session-context.ts';
import type { AnnounceSessions } from './session-signal.ts';
import type { SessionStream } from './session-stream.ts';
import { SessionStreams } from './session-streams.ts';

export interface SessionPushPorts {
  readonly bus: Pick<ChangeBus, 'announce' | 'subscribe'>;
  readonly nowOf: (world: World) => Instant;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class SessionPush {
  readonly streams: SessionStreams;
  readonly announce: AnnounceSessions;
  readonly #ports: SessionPushPorts;

  constructor(ports: SessionPushPorts) {
    this.#ports = ports;
    this.streams = new SessionStreams(ports);
    this.announce = (signal) => ports.bus.announce(signal);
    ports.bus.subscribe((change) => {
      if (change.kind === 'sessions_changed') for (const signal of change.signals) this.streams.take(signal);
    });
  }

  /** Throws a Fault: `overloaded`. */
  async open(
    { context, playerId, sessionId, world }: SessionClaims,
    expiresAt: Instant,
    players: Pick<Players, 'findProfile'>,
  ): Promise<SessionStream> {
    const now = this.#ports.nowOf(world);
    const profile = await players.findProfile(world, playerId, now).catch((error: unknown) => {
      this.#ports.onTrouble('a stream was opened without knowing its person', error);
      return null;
    });
    const { policyId } = decodeContext(context);
    return this.streams.open({ sessionId, world, personId: profile?.personId ?? null, policyId, expiresAt }, now);
  }
}
