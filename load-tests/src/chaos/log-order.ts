// Whether a log tells what happened in the order in which it happened.

export interface LoggedRow {
  readonly seq: number;
  /** When it happened. */
  readonly at: number;
  readonly kind: string;
  readonly session_id: string | null;
  readonly partition: string;
  readonly entry_id: string;
}

export interface LogExpectations {
  /**
   * No books were lost: what comes back from a receipt or the record is written later than it happened, and may undo an end that
   * older books found.
   */
  readonly hasKeptBooks: boolean;
}

/** Of Redis. Entries that a gateway makes itself have ids of its own, which are in no order. */
const REDIS_PARTITION = /^p\d+$/;
/** One that was given a name of its own, for its id came a second time, is in no order either. */
const REDIS_ENTRY = /^(\d+)-(\d+)$/;
const AFTER_END: ReadonlySet<string> = new Set(['overrun', 'closed']);

/** `rows`: all of a log, as `seq` counts them. In words, one of each kind of fault. */
export function faultsOfLog(rows: readonly LoggedRow[], { hasKeptBooks }: LogExpectations): readonly string[] {
  const ordered = rows.filter(({ partition }) => REDIS_PARTITION.test(partition));
  const partitions = Map.groupBy(ordered, ({ partition }) => partition);
  const sessions = Map.groupBy(
    ordered.filter(({ session_id }) => session_id !== null),
    ({ session_id }) => session_id!,
  );
  return [
    ...(rows.some(({ seq }, index) => seq !== index) ? ['the log has a hole, or a number twice'] : []),
    ...(new Set(rows.map(({ entry_id, partition }) => `${partition} ${entry_id}`)).size === rows.length
      ? []
      : ['an entry is in the log twice']),
    ...firstFault([...partitions.values()], faultOfPartition),
    ...firstFault([...sessions.values()], (entries) => faultOfSession(entries, hasKeptBooks)),
  ];
}

type FaultOf = (rows: readonly LoggedRow[]) => string | null;

function firstFault(groups: readonly (readonly LoggedRow[])[], faultOf: FaultOf): readonly string[] {
  const faults = groups.map(faultOf).filter((fault) => fault !== null);
  return faults.length === 0 ? [] : [faults.length === 1 ? faults[0]! : `${faults[0]}, and ${faults.length - 1} more`];
}

/** Redis gives ids that rise: whoever moved them in another order changed what came first. */
function faultOfPartition(rows: readonly LoggedRow[]): string | null {
  let [lastMs, lastCount] = [-1, -1];
  for (const { entry_id, partition, seq } of rows) {
    const parts = REDIS_ENTRY.exec(entry_id);
    if (parts === null) continue;
    const [ms, count] = [Number(parts[1]), Number(parts[2])];
    if (ms < lastMs || (ms === lastMs && count <= lastCount)) {
      return `${partition}: entry ${entry_id}, number ${seq}, stands behind ${lastMs}-${lastCount}`;
    }
    [lastMs, lastCount] = [ms, count];
  }
  return null;
}

function faultOfSession(rows: readonly LoggedRow[], hasKeptBooks: boolean): string | null {
  const { kind: first, session_id } = rows[0]!;
  if (first !== 'opened') return `${session_id}: begins on record with ${first}`;
  if (!hasKeptBooks) return null;
  let last = rows[0]!;
  for (const row of rows.slice(1)) {
    if (row.at < last.at) return `${session_id}: ${row.kind} of ${row.at} stands behind ${last.kind} of ${last.at}`;
    if (last.kind === 'closed') return `${session_id}: ${row.kind} stands behind its close`;
    if ((last.kind === 'ended' || last.kind === 'overrun') && !AFTER_END.has(row.kind)) {
      return `${session_id}: ${row.kind} stands behind its end`;
    }
    last = row;
  }
  return null;
}
