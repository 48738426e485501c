// How much may be played and which rule says so: part of the answer to an open and to every heartbeat.
import { DECISION_SOURCES, RATINGS } from '@playgate/policy';
import * as z from 'zod';
import { ID_LENGTH_MAX, NOTICES_MAX, POLICY_VERSION_MAX, RECEIPT_LENGTH_MAX, WARNINGS_MAX } from '../limits.ts';
import { BINDING_SCOPES } from '../vocabulary.ts';
import { localizedText } from './text.ts';
import { durationMs, instant } from './time.ts';

export const rating = z.enum(RATINGS).meta({ id: 'Rating', description: 'Age rating, shown while the game runs.' });

export const decisionSource = z.enum(DECISION_SOURCES).meta({
  id: 'DecisionSource',
  description: 'From the ledger, from the running lease, or by the rule for when the ledger is away.',
});

export const policyReference = z
  .object({
    id: z.string().max(ID_LENGTH_MAX),
    version: z.int().min(1).max(POLICY_VERSION_MAX),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .max(64)
      .meta({ description: 'SHA-256 of the canonical document.' }),
  })
  .meta({ id: 'PolicyReference', description: 'The policy that was applied.' });

export const bindingRule = z
  .object({ id: z.string().max(ID_LENGTH_MAX), scope: z.enum(BINDING_SCOPES), limitMs: durationMs.nullable() })
  .meta({ id: 'BindingRule', description: 'The rule that binds first.' });

export const usedToday = z
  .object({ gameMs: durationMs, providerMs: durationMs })
  .meta({ id: 'UsedToday', description: 'Play of the calendar day so far: this game, and all games of the provider.' });

const notice = z
  .object({ id: z.string().max(ID_LENGTH_MAX), everyMs: durationMs, text: localizedText })
  .meta({ id: 'Notice', description: 'A text to show each time this much has been played.' });

const receipt = z.string().max(RECEIPT_LENGTH_MAX).optional().meta({
  description: 'Opaque; send it with the next heartbeat, so that lost books can be restored.',
});

// Without a component id: replies take its shape as their own fields.
export const allowance = z.object({
  serverAt: instant,
  unlimited: z.boolean(),
  remainingMs: durationMs.nullable(),
  endsAt: instant.nullable().meta({ description: 'When the session must end if play goes on without a break.' }),
  bindingRule: bindingRule.nullable(),
  nextAllowedAt: instant.nullable().meta({
    description:
      'When play is allowed again once it has ended at `endsAt`, for a client that has to end it by itself; null: no end is ' +
      'in sight, or time alone does not help.',
  }),
  used: usedToday,
  nextHeartbeatMs: durationMs.nullable().meta({ description: 'Wait this long; null: no heartbeat is needed.' }),
  leaseExpiresAt: instant.meta({ description: 'Without a heartbeat the session may go on until here at most.' }),
  warningsMs: z.array(durationMs).max(WARNINGS_MAX).meta({ description: 'Time left at which to warn, longest first.' }),
  notices: z.array(notice).max(NOTICES_MAX),
  rating,
  policy: policyReference,
  source: decisionSource,
  receipt,
});
