// The SDK of OpenTelemetry, and the only place that knows it: everything else speaks to its API.
import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { Tracing } from './tracing.ts';

/** Spans that wait for a collector that is slow or away; more are dropped. About 1 kB each. */
const SPANS_WAITING_MAX = 4_096;
const SPANS_PER_EXPORT_MAX = 512;
const EXPORT_EVERY_MS = 2_000;
const EXPORT_MS_MAX = 5_000;

const resource = resourceFromAttributes({ 'service.name': 'playgate-gateway' });

export interface TracingSettings {
  /** Where a collector takes OTLP over HTTP, without `/v1/traces`; null: nothing is traced. */
  readonly otlpUrl: string | null;
  /** Share of the requests and pump runs that are traced, 0 to 1. */
  readonly traceRatio: number;
}

export interface Telemetry {
  readonly meter: Meter;
  readonly tracing: Tracing;
  /** All metrics in Prometheus text format. */
  render(): Promise<string>;
  /** Sends what spans are left. */
  close(): Promise<void>;
}

/**
 * Providers of its own, so that several gateways in one process keep their figures apart. `traceTo` takes the spans, one by
 * one as they end, in place of a collector.
 */
export function openTelemetry(settings: TracingSettings, traceTo: SpanExporter | null = null): Telemetry {
  // Only read by `render`; it listens nowhere.
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const serializer = new PrometheusSerializer();
  const tracers = openTracers(settings, traceTo);
  return {
    meter: meters.getMeter('playgate'),
    tracing: new Tracing(tracers?.getTracer('playgate') ?? null, settings.traceRatio),
    render: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    close: async () => {
      await meters.shutdown();
      // A collector that is away must not keep the gateway from ending well.
      await tracers?.shutdown().catch(() => undefined);
    },
  };
}

function openTracers({ otlpUrl }: TracingSettings, traceTo: SpanExporter | null): TracerProvider | null {
  const processor =
    traceTo !== null ? new SimpleSpanProcessor({ exporter: traceTo }) : otlpUrl !== null ? sendTo(otlpUrl) : null;
  if (processor === null) return null;
  return new TracerProvider({ resource, spanProcessors: [processor] });
}

function sendTo(otlpUrl: string): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({ url: `${otlpUrl}/v1/traces`, timeoutMillis: EXPORT_MS_MAX });
  return new BatchSpanProcessor({
    exporter,
    maxQueueSize: SPANS_WAITING_MAX,
    maxExportBatchSize: SPANS_PER_EXPORT_MAX,
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_MS_MAX,
  });
}
