// Where corrections meet what was measured: the only place. The store counts raw time against limits that were shifted
// (`shiftLimit`), and every answer tells adjusted time (`adjustUsed`) against the limits of the allowance; what is left is the same.
import type { Allowance, LedgerScope, UsedMs } from '@playgate/policy';

type Adjusting = Pick<Allowance, 'adjustedMs'>;

/** Measured time of the allowance's day as it counts. Below 0 where more was given back than measured. */
export function adjustUsed(used: UsedMs, { adjustedMs }: Adjusting): UsedMs {
  return {
    game: used.game + adjustedMs.game,
    provider: used.provider + adjustedMs.provider,
    agent: used.agent + adjustedMs.agent,
    person: used.person + adjustedMs.person,
  };
}

/** The limit for time that is only measured. */
export const shiftLimit = (limitMs: number | null, scope: LedgerScope, { adjustedMs }: Adjusting): number | null =>
  limitMs === null ? null : Math.max(0, limitMs - adjustedMs[scope]);

/** As answers tell it: never below 0. */
export const toldUsed = ({ game, provider }: UsedMs): { readonly gameMs: number; readonly providerMs: number } => ({
  gameMs: Math.max(0, game),
  providerMs: Math.max(0, provider),
});
