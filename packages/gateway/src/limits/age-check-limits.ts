// What an attempt to verify an age is counted against, beside the quota of its key: the provider, the device where one is
// named, and the identity. The order is from the cheap to the telling, and nothing is looked up about the identity.
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import type { AnswerLimit, AskedIdentity } from './answer-limit.ts';
import { type Mark, nameOfWorld } from './limit-subjects.ts';
import type { RequestLimits } from './request-limits.ts';
import { tooMany } from './too-many.ts';

export interface AgeCheck extends AskedIdentity {
  readonly device?: { readonly id: string } | undefined;
}

export interface AgeCheckLimitsPorts {
  readonly requests: RequestLimits;
  readonly answers: AnswerLimit;
  readonly mark: Mark;
}

export class AgeCheckLimits {
  readonly #ports: AgeCheckLimitsPorts;

  constructor(ports: AgeCheckLimitsPorts) {
    this.#ports = ports;
  }

  /** Throws a Fault: `rate_limited`. */
  async admit(world: World, { device, ...asked }: AgeCheck, now: Instant): Promise<void> {
    const { requests, answers, mark } = this.#ports;
    const spent = [await requests.spend('age_checks_provider', world.providerId)];
    if (device !== undefined) {
      spent.push(await requests.spend('age_checks_device', mark('device', nameOfWorld(world), device.id)));
    }
    const refused = spent.find(({ allowed }) => !allowed);
    if (refused !== undefined) throw tooMany(refused);
    await answers.admit(world, asked, now);
  }
}
