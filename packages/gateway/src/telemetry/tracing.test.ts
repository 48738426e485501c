import { SpanKind } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { Tracing } from './tracing.ts';

function traced(ratio = 1, random = () => 0.5) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { exporter, tracing: new Tracing(provider.getTracer('test'), ratio, random) };
}

describe('a trace', () => {
  it('holds the work that was done for it, also beyond a turn, and nothing of what went on beside it', async () => {
    const { exporter, tracing } = traced();
    const work = async (name: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      tracing.startChild(name)?.end();
      tracing.noteChild(`${name} over`, SpanKind.CLIENT, 5, { kind: 'sql' });
    };
    await Promise.all([
      tracing.trace('first', SpanKind.SERVER, () => work('of first')),
      tracing.trace('second', SpanKind.SERVER, () => work('of second')),
      work('of nobody'),
    ]);
    const spans = exporter.getFinishedSpans();
    const namesUnder = (root: string) => {
      const { spanId } = spans.find(({ name }) => name === root)!.spanContext();
      return spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId).map(({ name }) => name);
    };
    expect(namesUnder('first')).toEqual(['of first', 'of first over']);
    expect(namesUnder('second')).toEqual(['of second', 'of second over']);
    expect(spans).toHaveLength(6);
    expect(spans.find(({ name }) => name === 'of first over')!.duration).toEqual([0, 5_000_000]);
  });

  it('tells that work failed, and not why', async () => {
    const { exporter, tracing } = traced();
    const failing = tracing.trace('request', SpanKind.SERVER, () => Promise.reject(new Error('+84912345678')));
    await expect(failing).rejects.toThrow('+84912345678');
    const [span] = exporter.getFinishedSpans();
    expect(span!.status).toEqual({ code: 2 });
    expect(JSON.stringify([span!.events, span!.attributes])).not.toContain('849');
  });
});

describe('the draw', () => {
  it('takes the share that was set', () => {
    let at = 0;
    const { tracing } = traced(0.25, () => (at++ % 100) / 100);
    expect(Array.from({ length: 100 }, () => tracing.draws()).filter(Boolean)).toHaveLength(25);
    expect(traced(0).tracing.draws()).toBe(false);
  });

  it('is never won without a collector, and then nothing is made', async () => {
    const tracing = new Tracing(null, 1);
    expect(tracing.draws()).toBe(false);
    expect(tracing.startChild('ledger')).toBeNull();
    expect(await tracing.traceSome('pump', async (span) => span)).toBeNull();
  });
});
