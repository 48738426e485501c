// A request as the first span of a trace, where it is one of those that are traced. The span is named by the operation and
// holds the path as the contract writes it: an id of a player, which may be part of the real one, does not get in.
import type { Operation } from '@playgate/contract';

/** Attributes by the names of OpenTelemetry's semantic conventions. */
export interface RequestSpan {
  setAttribute(name: string, value: string | number): unknown;
}

export interface RequestTracing {
  /** Whether the request at hand is traced. Cheap: it is asked for every one. */
  draws(): boolean;
  traceRequest(name: string, work: (span: RequestSpan) => Promise<void>): Promise<void>;
}

interface Answer {
  readonly statusCode: number;
  readonly locals: { readonly requestId?: string };
}

type Serve<Request, Response> = (request: Request, response: Response) => Promise<void>;

export function traceRequests<Request, Response extends Answer>(
  operation: Operation,
  serve: Serve<Request, Response>,
  tracing: RequestTracing,
): Serve<Request, Response> {
  // A span lasts as long as its answer, and this one has no end.
  if (operation.responses[200]?.mediaType === 'text/event-stream') return serve;
  return (request, response) =>
    tracing.draws() ? traceOne(operation, serve, tracing, request, response) : serve(request, response);
}

function traceOne<Request, Response extends Answer>(
  { method, operationId, path }: Operation,
  serve: Serve<Request, Response>,
  tracing: RequestTracing,
  request: Request,
  response: Response,
): Promise<void> {
  return tracing.traceRequest(operationId, async (span) => {
    await serve(request, response);
    span.setAttribute('http.request.method', method);
    span.setAttribute('http.route', path);
    span.setAttribute('http.response.status_code', response.statusCode);
    span.setAttribute('playgate.request.id', response.locals.requestId!);
  });
}
