// What is left to try after a method came to nothing or was not enough. Pure.
import type { PolicyDocument } from '@playgate/policy';
import { isHintMethod } from './combine-sources.ts';

export interface MethodsSoFar {
  /** Of this deployment. */
  readonly installed: readonly string[];
  /** The one that has just ended. */
  readonly ended: string;
  /** Accepted ones that agree with the age that holds: asked again they would add nothing. */
  readonly agreeing: readonly string[];
}

/** In the order of the policy's strategy; without one, all but hints, as they are installed. */
export function listRemainingMethods({ identity }: PolicyDocument, so: MethodsSoFar): readonly string[] {
  const strategy = identity.methods?.accepted ?? so.installed.filter((method) => !isHintMethod(method));
  return strategy.filter(
    (method) => method !== so.ended && so.installed.includes(method) && !so.agreeing.includes(method),
  );
}
