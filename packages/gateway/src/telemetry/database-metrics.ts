// SQL as the gateway sees it: the statements it sends, and how its share of the connections is used.
import { type Meter, SpanKind } from '@opentelemetry/api';
import type { DatabaseWatch, PoolUse } from '../store/sql/database-watch.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export interface MeasuredDatabase {
  readonly watch: Pick<DatabaseWatch, 'listen'>;
  /** Null: there is no pool. */
  readonly poolUse: () => PoolUse | null;
}

export interface DatabaseMeasure {
  readonly meter: Meter;
  readonly metrics: Pick<GatewayMetrics, 'queryAnswered'>;
  readonly tracing: Pick<Tracing, 'noteChild'>;
}

export function measureDatabase({ poolUse, watch }: MeasuredDatabase, { meter, metrics, tracing }: DatabaseMeasure) {
  watch.listen(({ durationMs, operation, table }) => {
    metrics.queryAnswered(operation, durationMs);
    const name = table === null ? operation : `${operation} ${table}`;
    tracing.noteChild(`sql ${name}`, SpanKind.CLIENT, durationMs, {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
    });
  });
  meter
    .createObservableGauge('playgate.sql.connections', { description: 'Connections to PostgreSQL, by use.' })
    .addCallback((result) => {
      const use = poolUse();
      if (use === null) return;
      result.observe(use.busy, { state: 'busy' });
      result.observe(use.idle, { state: 'idle' });
    });
  meter
    .createObservableGauge('playgate.sql.queries.waiting', {
      description: 'Statements that wait for a connection to PostgreSQL.',
    })
    .addCallback((result) => {
      const use = poolUse();
      if (use !== null) result.observe(use.waiting);
    });
}
