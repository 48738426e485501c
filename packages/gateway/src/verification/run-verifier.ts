// One call of a method: bounded in time, tried again when its source did not answer.
import { VerifierError } from './age-verifier.ts';

/** A player waits in front of a screen; twice this is as long as anybody should. */
export const ATTEMPT_MS_MAX = 5_000;
export const ATTEMPTS_MAX = 2;

/** Throws what `work` throws; a VerifierError `source_unavailable` when it is not done in time. */
export async function runVerifier<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  attemptMsMax: number = ATTEMPT_MS_MAX,
): Promise<Result> {
  let first: unknown = null;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(work, attemptMsMax);
    } catch (error) {
      // What a second attempt says of a source that lost the first one's answer is no news.
      first ??= error;
      if (attempt >= ATTEMPTS_MAX || !isUnavailable(error)) throw first;
    }
  }
}

/** Also ends the wait for work that does not heed its signal. */
async function runOnce<Result>(work: (signal: AbortSignal) => Promise<Result>, msMax: number): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new VerifierError('source_unavailable', `no answer within ${msMax} ms`));
    }, msMax);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof VerifierError && error.code === 'source_unavailable';
}
