import type { StatementService } from '../../compliance/statements/statement-service.ts';
import type { RegulatorScope, Regulators } from '../../directory/directory.ts';
import type { Principal } from '../../directory/principal.ts';
import type { Mode, World } from '../../directory/world.ts';
import type { WorldClock } from '../../directory/world-clock.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface StatementPorts {
  readonly statements: Pick<StatementService, 'findWorld' | 'read'>;
  readonly regulators: Regulators;
  /** Time of a world. */
  readonly worldClock: WorldClock;
}

export function statementRoutes(ports: StatementPorts): HandlersOf<'getStatement'> {
  return {
    getStatement: async ({ params, query }, { principal }) => {
      const { playerId } = params;
      const { scope, world } = await viewOf(ports, principal, playerId, query.mode);
      const request = { world, playerId, date: query.date ?? null, scope, now: ports.worldClock.nowOf(world) };
      return { status: 200, body: await ports.statements.read(request) };
    },
  };
}

type Reader = Extract<Principal, { kind: 'secret' | 'regulator' | 'guardian' }>;

/** Whose player it is, and what of it may be seen. */
async function viewOf(
  { regulators, statements }: StatementPorts,
  principal: Reader,
  playerId: string,
  mode: Mode | undefined,
): Promise<{ readonly world: World; readonly scope: RegulatorScope | null }> {
  if (principal.kind !== 'regulator') {
    if (mode !== undefined && mode !== principal.world.mode) {
      throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', [
        { path: 'query.mode', message: `must be ${principal.world.mode}, the mode of the key` },
      ]);
    }
    return { world: principal.world, scope: null };
  }
  const scope = await regulators.findScope(principal.regulatorId);
  if (scope === null) throw new Fault('unauthenticated', 'There is no such regulator.');
  const world = await statements.findWorld(playerId);
  if (world === null || world.mode !== (mode ?? 'live')) throw new Fault('not_found', 'There is no such player.');
  return { world, scope };
}
