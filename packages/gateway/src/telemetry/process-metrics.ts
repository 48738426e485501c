// The process itself: how late its event loop is, how busy it is, and what memory it holds.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';

const NS_PER_S = 1e9;
/** What the timer of the measurement itself takes; a delay is what goes beyond it. */
const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.99, 1] as const;

/** What is told of the event loop is of the time since the figures were last read. Ends with the returned function. */
export function measureProcess(meter: Meter, version: string): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const gauge = (name: string, description: string, unit?: string) =>
    meter.createObservableGauge(`playgate.${name}`, { description, ...(unit !== undefined && { unit }) });
  gauge('event.loop.lag.seconds', 'How late timers of the event loop were.', 's').addCallback((result) => {
    for (const quantile of QUANTILES) {
      const lateNs = delay.count === 0 ? 0 : delay.percentile(quantile * 100) - (RESOLUTION_MS * NS_PER_S) / 1000;
      result.observe(Math.max(0, lateNs) / NS_PER_S, { quantile: String(quantile) });
    }
    delay.reset();
  });
  let before = performance.eventLoopUtilization();
  gauge('event.loop.utilization.ratio', 'Share of the time in which the event loop worked.').addCallback((result) => {
    const now = performance.eventLoopUtilization();
    result.observe(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  });
  gauge('process.memory.bytes', 'Memory of the process.', 'By').addCallback((result) => {
    const { heapUsed, rss } = process.memoryUsage();
    result.observe(rss, { kind: 'resident' });
    result.observe(heapUsed, { kind: 'heap_used' });
  });
  gauge('build.info', 'Always 1; says what runs.').addCallback((result) => {
    result.observe(1, { version, node: process.versions.node });
  });
  return () => delay.disable();
}
