// The figures of one cell of a report. docs/reports.md defines each in a sentence; every leaf is null where it is suppressed.
import { REFUSAL_REASONS } from '@playgate/policy';
import * as z from 'zod';
import { SUM_MAX } from '../limits.ts';
import { ASSURANCES } from '../vocabulary.ts';

const count = z.int().min(0).max(SUM_MAX).nullable();
const sumMs = z.int().min(0).max(SUM_MAX).nullable();

/** Nearest-rank quantiles; all null where there was nothing to measure. */
const quantilesMs = z.object({ p50: sumMs, p95: sumMs, max: sumMs }).meta({ id: 'QuantilesMs' });

const shapeOf = <Name extends string>(names: readonly Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, count])) as Record<Name, typeof count>);

export const reportFigures = z
  .object({
    players: count.meta({ description: 'Distinct persons who opened a session or whose play was counted.' }),
    minors: count.meta({ description: 'Those of `players` who were below 18 in any of it.' }),
    sessions: count.meta({ description: 'Sessions opened.' }),
    playMs: sumMs.meta({
      description: 'Sum over person, game, agent and day of the union of play; games played in parallel count each.',
    }),
    limitReached: count.meta({ description: 'Sessions ended whose budget or window had run out.' }),
    deniedByReason: shapeOf(REFUSAL_REASONS).meta({ description: 'Refused starts by reason.' }),
    overrunMs: sumMs.meta({ description: 'Play reported beyond the limit, of sessions ended.' }),
    timeToEnforceMs: quantilesMs.meta({ description: 'From the limit to the end that the client confirmed.' }),
    limitToOrderMs: quantilesMs.meta({ description: 'From the limit to the order to end.' }),
    orderToEndMs: quantilesMs.meta({ description: 'From the order to the end that the client confirmed.' }),
    unacknowledgedEnds: count.meta({ description: 'Ends that were due or ordered and never confirmed.' }),
    fallbackDecisions: count.meta({ description: 'Starts decided while the ledger was away.' }),
    fallbackShare: z.number().min(0).max(1).nullable().meta({
      description: 'Those, of all starts asked for; four decimals, null where none was.',
    }),
    gaps: count.meta({ description: 'Silences longer than the lease, in sessions ended.' }),
    assurance: shapeOf(ASSURANCES).meta({ description: 'Sessions opened, by how sure the age was.' }),
    agentHourBreaches: count.meta({ description: "Sessions ended that ran outside their agent's opening hours." }),
    correctionsMs: z.int().min(-SUM_MAX).max(SUM_MAX).nullable().meta({
      description: 'Corrections made on the day, net; never part of `playMs`.',
    }),
  })
  .meta({ id: 'ReportFigures' });
