import { AGE_BANDS, BUDGET_SCOPES, REFUSAL_REASONS, SESSION_END_REASONS } from '@playgate/policy';
import * as z from 'zod';
import { DURATION_MS_MAX, URL_LENGTH_MAX, WEBHOOK_ATTEMPTS_MAX, WEBHOOK_SECRET_LENGTH_MAX } from '../limits.ts';
import {
  MODES,
  WEBHOOK_DELIVERY_STATES,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_FAULTS,
} from '../vocabulary.ts';
import { gameId, replyIds } from './ids.ts';
import { durationMs, instant } from './time.ts';

export const endpointUrl = z
  .string()
  .max(URL_LENGTH_MAX)
  .regex(/^https?:\/\/[^\s@#]+$/, 'must be an http(s) address without user and fragment')
  .meta({ format: 'uri', examples: ['https://game.example/playgate'] });

export const webhookEventTypes = z
  .array(z.enum(WEBHOOK_EVENT_TYPES))
  .min(1)
  .max(WEBHOOK_EVENT_TYPES.length)
  .meta({ description: 'Which events are sent.' });

export const webhookSecret = z
  .string()
  .max(WEBHOOK_SECRET_LENGTH_MAX)
  .meta({
    description: 'Verifies signatures (Standard Webhooks). Shown once.',
    examples: ['whsec_C2FtcGxlIHNlY3JldA=='],
  });

export const webhookEndpoint = z
  .object({
    endpointId: replyIds.endpointId,
    endpointUrl,
    eventTypes: webhookEventTypes,
    createdAt: instant,
    failingSinceAt: instant.nullable().meta({ description: 'First failure since the last success; null: none.' }),
    disabledAt: instant.nullable().meta({ description: 'Since then nothing is sent; null: it is in use.' }),
    disabledReason: z.enum(WEBHOOK_DISABLED_REASONS).nullable(),
  })
  .meta({ id: 'WebhookEndpoint' });

const httpStatus = z.int().min(100).max(599);

/** What came of one attempt. */
export const webhookAttempt = {
  statusCode: httpStatus.nullable().meta({ description: 'What the endpoint answered; null: nothing.' }),
  fault: z.enum(WEBHOOK_FAULTS).nullable().meta({ description: 'Why it failed; null: it did not.' }),
} as const;

export const webhookDelivery = z
  .object({
    eventId: replyIds.eventId,
    type: z.enum([...WEBHOOK_EVENT_TYPES, 'test']),
    state: z.enum(WEBHOOK_DELIVERY_STATES),
    attempts: z.int().min(0).max(WEBHOOK_ATTEMPTS_MAX),
    createdAt: instant,
    nextAttemptAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    ...webhookAttempt,
  })
  .meta({ id: 'WebhookDelivery' });

const timestamp = instant.meta({ description: 'When it happened, in the time of the world.' });
const mode = z.enum(MODES);
const usedMs = z.object({ gameMs: durationMs, providerMs: durationMs });
const ofSession = { sessionId: replyIds.sessionId, playerId: replyIds.playerId, gameId };
const status = z.object({ ageBand: z.enum(AGE_BANDS).nullable(), hasGuardian: z.boolean() });

/** The body of a webhook. Pseudonymous ids only; clients ignore fields and types they do not know. */
export const webhookEvent = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('limitReached'),
      timestamp,
      mode,
      data: z.object({
        ...ofSession,
        scope: z.enum(BUDGET_SCOPES),
        limitMs: z
          .int()
          .min(0)
          .max(DURATION_MS_MAX)
          .nullable()
          .meta({ description: 'Of measured time, with the corrections of the day in it.' }),
        reachedAt: instant,
      }),
    }),
    z.object({
      type: z.literal('sessionEnded'),
      timestamp,
      mode,
      data: z.object({
        ...ofSession,
        agentId: replyIds.agentId.nullable(),
        stationId: replyIds.stationId.nullable(),
        reason: z
          .enum([...REFUSAL_REASONS, ...SESSION_END_REASONS])
          .nullable()
          .meta({ description: 'Null: an edge of time (hours, window, bedtime, pause); the statement says which.' }),
        endedAt: instant,
        used: usedMs.nullable().meta({ description: 'Play of the day with it; null: not looked at.' }),
      }),
    }),
    z.object({
      type: z.literal('statusChanged'),
      timestamp,
      mode,
      data: status.extend({
        playerId: replyIds.playerId,
        previous: status.nullable().meta({ description: 'As last told; null: never.' }),
      }),
    }),
    z.object({ type: z.literal('test'), timestamp, mode, data: z.object({ endpointId: replyIds.endpointId }) }),
  ])
  .meta({ id: 'WebhookEvent' });
