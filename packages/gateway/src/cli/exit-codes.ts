// What a command ends with, for scripts. Commands with more to say list it in their help.
export const EXIT_CODES = {
  ok: 0,
  /** It was done and the answer is no, or it could not be done: a difference, a refusal, something to do first. */
  no: 1,
  /** The command line was not understood. */
  usage: 2,
  /** It could not be tried: the gateway or the database could not be reached, or this Node is too old for it. */
  unreachable: 3,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
