// Times the calls of the methods of age verification. It changes nothing, and tells nothing of what was asked or answered.
import { SpanKind } from '@opentelemetry/api';
import { type AgeVerifier, VerifierError } from '../verification/age-verifier.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export interface VerifierWatch {
  readonly metrics: Pick<GatewayMetrics, 'sourceAsked'>;
  readonly tracing: Pick<Tracing, 'startChild'>;
}

export function measureVerifier(verifier: AgeVerifier, watch: VerifierWatch): AgeVerifier {
  const timed = async <Answer>(outcome: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const startedAt = performance.now();
    const span = watch.tracing.startChild(`verification ${verifier.method}`, SpanKind.CLIENT);
    const tell = (told: string) => {
      watch.metrics.sourceAsked(verifier.method, told, performance.now() - startedAt);
      span?.setAttribute('playgate.verification.outcome', told);
      span?.end();
    };
    try {
      const answer = await ask();
      tell(outcome);
      return answer;
    } catch (error) {
      tell(error instanceof VerifierError ? error.code : 'broken');
      throw error;
    }
  };
  if (verifier.kind === 'direct') {
    return { ...headOf(verifier), verify: (...args) => timed('claim', () => verifier.verify(...args)) };
  }
  return {
    ...headOf(verifier),
    pendingMsMax: verifier.pendingMsMax,
    begin: (...args) => timed('begun', () => verifier.begin(...args)),
    complete: (...args) => timed('claim', () => verifier.complete(...args)),
  };
}

const headOf = <Verifier extends AgeVerifier>({ kind, method }: Verifier) =>
  ({ kind, method }) as Pick<Verifier, 'kind' | 'method'>;
