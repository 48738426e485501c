import { type Correction, describeCorrection } from '../../compliance/corrections/correction.ts';
import type { CorrectionService } from '../../compliance/corrections/correction-service.ts';
import { actorOf } from '../../directory/actor.ts';
import type { Principal } from '../../directory/principal.ts';
import type { StaffMark } from '../../directory/staff-mark.ts';
import type { HandlersOf } from '../handler.ts';

export interface CorrectionPorts {
  readonly corrections: Pick<CorrectionService, 'correct' | 'grant' | 'list' | 'undo'>;
  readonly staffMark: StaffMark;
}

type CorrectionOperation = 'createCorrection' | 'createGrant' | 'listCorrections' | 'undoCorrection';

export function correctionRoutes({ corrections, staffMark }: CorrectionPorts): HandlersOf<CorrectionOperation> {
  /** A person who signed in stands there by the mark, a machine by its key. */
  const authorOf = (principal: Principal): Correction['author'] => {
    const { id, person, role } = actorOf(principal, staffMark);
    return { role, id: person ?? id };
  };
  return {
    createCorrection: async ({ body, params }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const made = await corrections.correct(player, body, authorOf(principal), now);
      return { status: 201, body: describeCorrection(made) };
    },
    createGrant: async ({ body, params }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const made = await corrections.grant(player, body, authorOf(principal), now);
      return { status: 201, body: describeCorrection(made) };
    },
    undoCorrection: async ({ body, params }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const kinds = principal.kind === 'guardian' ? (['grant'] as const) : (['correction', 'grant'] as const);
      const undo = { kinds, reason: body.reason };
      const made = await corrections.undo(player, params.correctionId, undo, authorOf(principal), now);
      return { status: 201, body: describeCorrection(made) };
    },
    listCorrections: async ({ params, query }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const found = await corrections.list(player, query.date ?? null, now);
      return { status: 200, body: { playerId: params.playerId, corrections: found.map(describeCorrection) } };
    },
  };
}
