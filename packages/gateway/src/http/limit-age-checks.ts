import type { AgeCheckLimits } from '../limits/age-check-limits.ts';
import type { Handlers } from './handler.ts';

/** The same handlers; a verification is asked for only when it is within the limits of age checks. */
export function limitAgeChecks(handlers: Handlers, limits: AgeCheckLimits): Handlers {
  return {
    ...handlers,
    createAgeVerification: async (input, context) => {
      await limits.admit(context.principal.world, input.body, context.now);
      return handlers.createAgeVerification(input, context);
    },
  };
}
