// The SDK of OpenTelemetry, and the only place that knows it: everything else speaks to its API.
import { type HrTime, ValueType } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  MeterProvider,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { LocalHistogram } from './local-histogram.ts';
import type { InstrumentPorts } from './metrics.ts';
import { Tracing } from './tracing.ts';

/** Spans that wait for a collector that is slow or away; more are dropped. About 1 kB each. */
const SPANS_WAITING_MAX = 4_096;
const SPANS_PER_EXPORT_MAX = 512;
const EXPORT_EVERY_MS = 2_000;
const EXPORT_MS_MAX = 5_000;
const METER = 'playgate';
const MS_PER_S = 1_000;
const NS_PER_MS = 1e6;

const resource = resourceFromAttributes({ 'service.name': 'playgate-gateway' });

export interface TracingSettings {
  /** Where a collector takes OTLP over HTTP, without `/v1/traces`; null: nothing is traced. */
  readonly otlpUrl: string | null;
  /** Share of the requests and pump runs that are traced, 0 to 1. */
  readonly traceRatio: number;
}

export interface Telemetry extends InstrumentPorts {
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
  const histograms: LocalHistogram[] = [];
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [produce(histograms)] });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const serializer = new PrometheusSerializer();
  const tracers = openTracers(settings, traceTo);
  return {
    meter: meters.getMeter(METER),
    createHistogram: (options) => {
      const histogram = new LocalHistogram(options);
      histograms.push(histogram);
      return histogram;
    },
    tracing: new Tracing(tracers?.getTracer(METER) ?? null, settings.traceRatio),
    render: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    close: async () => {
      await meters.shutdown();
      // A collector that is away must not keep the gateway from ending well.
      await tracers?.shutdown().catch(() => undefined);
    },
  };
}

/** Figures that were not gathered by the SDK, as it hands on its own. */
function produce(histograms: readonly LocalHistogram[]): MetricProducer {
  const startTime = timeNow();
  return {
    collect: async () => {
      const used = histograms.filter(({ series }) => series.length > 0);
      const metrics = used.map((histogram) => dataOf(histogram, startTime));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: METER }, metrics }] }, errors: [] };
    },
  };
}

function dataOf({ options, series }: LocalHistogram, startTime: HrTime): HistogramMetricData {
  const { boundaries, description, name, unit = '' } = options;
  const endTime = timeNow();
  return {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: series.map(({ attributes, count, counts, sum }) => ({
      startTime,
      endTime,
      attributes,
      value: { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum },
    })),
  };
}

function timeNow(): HrTime {
  const nowMs = performance.timeOrigin + performance.now();
  return [Math.floor(nowMs / MS_PER_S), Math.floor((nowMs % MS_PER_S) * NS_PER_MS)];
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
