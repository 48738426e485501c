/** `not_checked`: what it needs is not there. It says nothing either way. */
export type CheckState = 'ok' | 'failed' | 'not_checked';

/** One thing that was, or was not, found to be true. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** A sentence for a person. */
  readonly detail: string;
}

export const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail });
export const failed = (name: string, detail: string): Check => ({ name, state: 'failed', detail });
export const notChecked = (name: string, detail: string): Check => ({ name, state: 'not_checked', detail });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
