import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

export interface Telemetry {
  readonly meter: Meter;
  /** All metrics in Prometheus text format. */
  render(): Promise<string>;
  close(): Promise<void>;
}

/** A provider of its own, so that several gateways in one process keep their figures apart. */
export function openTelemetry(): Telemetry {
  // Only read by `render`; it listens nowhere.
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [reader] });
  const serializer = new PrometheusSerializer();
  return {
    meter: provider.getMeter('playgate'),
    render: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    close: () => provider.shutdown(),
  };
}
