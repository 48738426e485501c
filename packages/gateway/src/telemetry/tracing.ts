// Spans of a share of the requests and of the work done for them. A trace begins with us: what a caller says of its own is
// not taken, since its ids could say something of a person and its flags could make us trace everything; the request id
// joins the two. Where nothing is traced no span, context or closure is made.
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** A span that belongs to a trace that was begun. Null: there is none. */
export type ChildSpan = Pick<Span, 'end' | 'setAttribute'> | null;

export class Tracing {
  readonly #tracer: Tracer | null;
  readonly #ratio: number;
  readonly #random: () => number;
  readonly #spans = new AsyncLocalStorage<Span>();

  /** `tracer` null: nothing is traced. `ratio`: the share of what begins a trace, 0 to 1. */
  constructor(tracer: Tracer | null, ratio: number, random: () => number = Math.random) {
    this.#tracer = tracer;
    this.#ratio = ratio;
    this.#random = random;
  }

  /** Whether what begins now is to be traced. Asked once for each beginning. */
  draws(): boolean {
    return this.#tracer !== null && this.#random() < this.#ratio;
  }

  /** Runs work as the first span of a trace. Attributes hold ids of requests at most: nothing of players or persons. */
  async trace<Result>(name: string, kind: SpanKind, work: (span: Span) => Promise<Result>): Promise<Result> {
    if (this.#tracer === null) throw new TypeError('nothing is traced: ask draws() first');
    const span = this.#tracer.startSpan(name, { kind }, ROOT_CONTEXT);
    try {
      return await this.#spans.run(span, () => work(span));
    } catch (error) {
      // The message stays out: it may repeat what was sent.
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  /** The same where the draw says so, else just the work. */
  async traceSome<Result>(name: string, work: (span: ChildSpan) => Promise<Result>): Promise<Result> {
    return this.draws() ? this.trace(name, SpanKind.INTERNAL, work) : work(null);
  }

  /** Begins a span below the one that the present work belongs to. */
  startChild(name: string, kind: SpanKind = SpanKind.INTERNAL): ChildSpan {
    const parent = this.#tracer === null ? undefined : this.#spans.getStore();
    if (this.#tracer === null || parent === undefined) return null;
    return this.#tracer.startSpan(name, { kind }, trace.setSpan(ROOT_CONTEXT, parent));
  }

  /** A span that is over already and took `durationMs`. */
  noteChild(name: string, kind: SpanKind, durationMs: number, attributes: Attributes): void {
    const parent = this.#tracer === null ? undefined : this.#spans.getStore();
    if (this.#tracer === null || parent === undefined) return;
    const endTime = performance.timeOrigin + performance.now();
    const context = trace.setSpan(ROOT_CONTEXT, parent);
    this.#tracer.startSpan(name, { kind, attributes, startTime: endTime - durationMs }, context).end(endTime);
  }
}
