// Finds out what marks of changed standing come to: a webhook where the band or the guardian differs from what was told last.
import type { WebhookEvent } from '@playgate/contract';
import { type AgeBand, formatInstant, type Instant } from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';

const MARKS_PER_RUN_MAX = 100;

export interface PlayerStatus {
  readonly ageBand: AgeBand | null;
  readonly hasGuardian: boolean;
}

export interface StatusMark {
  readonly playerId: string;
  readonly world: World;
  readonly markNo: number;
  /** As last told; null: never. */
  readonly told: PlayerStatus | null;
}

export interface StatusMarks {
  list(countMax: number): Promise<readonly StatusMark[]>;
  /** Takes the mark away and, with it, keeps what is told. False: somebody else did, or it was set again meanwhile. */
  settle(
    mark: StatusMark,
    told: { readonly status: PlayerStatus; readonly event: WebhookEvent } | null,
    now: Instant,
  ): Promise<boolean>;
}

export interface StatusTellerPorts {
  readonly marks: StatusMarks;
  readonly players: Pick<Players, 'findProfile'>;
  readonly nowOf: (world: World) => Instant;
  readonly realNow: () => Instant;
}

export class StatusTeller {
  readonly #ports: StatusTellerPorts;

  constructor(ports: StatusTellerPorts) {
    this.#ports = ports;
  }

  async run(): Promise<void> {
    const { marks } = this.#ports;
    for (const mark of await marks.list(MARKS_PER_RUN_MAX)) await this.#settle(mark);
  }

  async #settle(mark: StatusMark): Promise<void> {
    const { marks, nowOf, players, realNow } = this.#ports;
    const { playerId, told, world } = mark;
    const now = nowOf(world);
    const profile = await players.findProfile(world, playerId, now);
    const status = profile && { ageBand: profile.facts.ageBand, hasGuardian: profile.facts.hasGuardian };
    if (status === null || isSame(status, told)) return void (await marks.settle(mark, null, realNow()));
    const data = { playerId, ...status, previous: told };
    const event = { type: 'statusChanged', timestamp: formatInstant(now), mode: world.mode, data } as const;
    await marks.settle(mark, { status, event }, realNow());
  }
}

function isSame(status: PlayerStatus, told: PlayerStatus | null): boolean {
  return told !== null && told.ageBand === status.ageBand && told.hasGuardian === status.hasGuardian;
}
