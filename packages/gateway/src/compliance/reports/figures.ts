// A cell as the wire says it.
import { ASSURANCES, type reportFigures } from '@playgate/contract';
import { REFUSAL_REASONS } from '@playgate/policy';
import type * as z from 'zod';
import type { QuantilesMs, ReportCell } from './report-source.ts';

export type ReportFigures = z.output<typeof reportFigures>;

/** Digits of a share after the point. */
const SHARE_UNIT = 10_000;

export function figuresOf(cell: ReportCell): ReportFigures {
  const deniedCount = Object.values(cell.denied).reduce((sum, count) => sum + count, 0);
  const asked = cell.sessions + deniedCount;
  const share = asked === 0 ? null : Math.round((cell.fallbackDecisions / asked) * SHARE_UNIT) / SHARE_UNIT;
  return {
    players: cell.players,
    minors: cell.minors,
    sessions: cell.sessions,
    playMs: cell.playMs,
    limitReached: cell.limitReached,
    deniedByReason: byName(REFUSAL_REASONS, (reason) => cell.denied[reason] ?? 0),
    overrunMs: cell.overrunMs,
    timeToEnforceMs: { ...cell.timeToEnforceMs },
    limitToOrderMs: { ...cell.limitToOrderMs },
    orderToEndMs: { ...cell.orderToEndMs },
    unacknowledgedEnds: cell.unacknowledgedEnds,
    fallbackDecisions: cell.fallbackDecisions,
    fallbackShare: share,
    gaps: cell.gaps,
    assurance: byName(ASSURANCES, (level) => cell.assurance[level]),
    agentHourBreaches: cell.agentHourBreaches,
    correctionsMs: cell.correctionsMs,
  };
}

const NO_QUANTILES: QuantilesMs = { p50: null, p95: null, max: null };

/** The shape of figures, with nothing in it. */
export function withheldFigures(): ReportFigures {
  return {
    players: null,
    minors: null,
    sessions: null,
    playMs: null,
    limitReached: null,
    deniedByReason: byName(REFUSAL_REASONS, () => null),
    overrunMs: null,
    timeToEnforceMs: NO_QUANTILES,
    limitToOrderMs: NO_QUANTILES,
    orderToEndMs: NO_QUANTILES,
    unacknowledgedEnds: null,
    fallbackDecisions: null,
    fallbackShare: null,
    gaps: null,
    assurance: byName(ASSURANCES, () => null),
    agentHourBreaches: null,
    correctionsMs: null,
  };
}

/** A figure by its path, as columns name it. Throws a TypeError for a path that leads to no figure. */
export function figureAt(figures: ReportFigures, path: string): number | null {
  const [name, part] = path.split('.', 2) as [string, string | undefined];
  const value: unknown = (figures as Readonly<Record<string, unknown>>)[name];
  const found: unknown = part === undefined ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  if (typeof found !== 'number' && found !== null) throw new TypeError(`no figure: ${path}`);
  return found;
}

function byName<Name extends string, Value>(names: readonly Name[], of: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;
}
