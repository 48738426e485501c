// What providers do with their endpoints.
import { randomBytes } from 'node:crypto';
import type { WebhookEvent } from '@playgate/contract';
import { canonicalJson, formatInstant, type Instant } from '@playgate/policy';
import { newId } from '../directory/new-id.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { isAllowedUrl } from './allowed-address.ts';
import { type AttemptResult, postWebhook } from './post-webhook.ts';
import { SECRET_OVERLAP_MS } from './retry-schedule.ts';
import type { NewEndpoint, WebhookDelivery, WebhookEndpoint, WebhookEndpoints } from './webhook-endpoints.ts';

const SECRET_PREFIX = 'whsec_';
/** Standard Webhooks: 24 to 64. */
const SECRET_BYTES = 32;
/** Callers wait for them. */
const TESTS_AT_ONCE_MAX = 8;

export interface WebhookServicePorts {
  readonly endpoints: WebhookEndpoints;
  readonly realNow: () => Instant;
}

export class WebhookService {
  readonly #ports: WebhookServicePorts;
  #tests = 0;

  constructor(ports: WebhookServicePorts) {
    this.#ports = ports;
  }

  /** Throws a Fault: `unprocessable` for an address that webhooks may not go to, `conflict` for one too many. */
  async create(
    world: World,
    request: Omit<NewEndpoint, 'secret'>,
  ): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }> {
    if (!isAllowedUrl(request.url, world.mode)) {
      const message = 'must be https to a public address; a test world may also name this machine';
      throw new Fault('unprocessable', 'Webhooks may not go to this address.', [{ path: 'endpointUrl', message }]);
    }
    const secret = newSecret();
    const eventTypes = [...new Set(request.eventTypes)];
    const endpoint = await this.#ports.endpoints.create(
      world,
      { ...request, eventTypes, secret },
      this.#ports.realNow(),
    );
    if (endpoint === null) throw new Fault('conflict', 'The world has as many endpoints as it may.');
    return { endpoint, secret };
  }

  list(world: World): Promise<readonly WebhookEndpoint[]> {
    return this.#ports.endpoints.list(world);
  }

  /** Throws a Fault: `not_found`. */
  async remove(world: World, endpointId: string): Promise<void> {
    if (!(await this.#ports.endpoints.remove(world, endpointId))) throw noEndpoint();
  }

  /** Throws a Fault: `not_found`. */
  async replaceSecret(
    world: World,
    endpointId: string,
  ): Promise<{ readonly secret: string; readonly previousUntilAt: Instant }> {
    const secret = newSecret();
    const previousUntilAt = this.#ports.realNow() + SECRET_OVERLAP_MS;
    const isThere = await this.#ports.endpoints.replaceSecret(world, endpointId, secret, previousUntilAt);
    if (!isThere) throw noEndpoint();
    return { secret, previousUntilAt };
  }

  /** Throws a Fault: `not_found`, `overloaded`. */
  async sendTest(
    world: World,
    endpointId: string,
    now: Instant,
  ): Promise<AttemptResult & { readonly eventId: string }> {
    const { endpoints, realNow } = this.#ports;
    const target = await endpoints.findTarget(world, endpointId, realNow());
    if (target === null) throw noEndpoint();
    if (this.#tests >= TESTS_AT_ONCE_MAX) throw new Fault('overloaded', 'Too many test events are on their way.');
    this.#tests += 1;
    try {
      const eventId = newId('event');
      const event: WebhookEvent = {
        type: 'test',
        timestamp: formatInstant(now),
        mode: world.mode,
        data: { endpointId },
      };
      const result = await postWebhook(target, { eventId, payload: canonicalJson(event) }, { now: realNow() });
      if (result.fault === null) await endpoints.noteTaken(endpointId);
      return { eventId, ...result };
    } finally {
      this.#tests -= 1;
    }
  }

  /** Throws a Fault: `not_found`. */
  async listDeliveries(world: World, endpointId: string): Promise<readonly WebhookDelivery[]> {
    const deliveries = await this.#ports.endpoints.listDeliveries(world, endpointId);
    if (deliveries === null) throw noEndpoint();
    return deliveries;
  }
}

const newSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
const noEndpoint = () => new Fault('not_found', 'There is no such endpoint.');
