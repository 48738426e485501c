/** unique_violation, serialization_failure, deadlock_detected: a neighbour was first, and now its rows can be seen. */
const CONFLICTS: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);
const ATTEMPTS_MAX = 5;

/** Runs a transaction again when a concurrent one got in its way; each attempt must look afresh. */
export async function retryOnConflict<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || !isConflict(error)) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONFLICTS.has(String(error.code));
}
