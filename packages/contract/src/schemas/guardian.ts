// Who guards a child, and what the guardian tightened.
import { DAY_KINDS, WEEKDAYS } from '@playgate/policy';
import * as z from 'zod';
import {
  BEDTIMES_MAX,
  CHILDREN_MAX,
  CONSENT_TEXT_VERSION_LENGTH_MAX,
  GUARDIAN_REVISIONS_MAX,
  GUARDIAN_RULES_VERSION_MAX,
  ID_LENGTH_MAX,
  LAW_RULES_MAX,
  PHONE_LENGTH_MAX,
  PLAY_OF_DAY_MS_MAX,
  TEXT_LENGTH_MAX,
  ZONE_LENGTH_MAX,
} from '../limits.ts';
import { BINDING_SCOPES, CONSENT_SOURCES, GUARDIAN_RELATIONSHIPS, RULE_AUTHORS } from '../vocabulary.ts';
import { policyReference } from './allowance.ts';
import { replyIds } from './ids.ts';
import { durationMs, instant, instantInRequest, wallTime } from './time.ts';

export const guardianship = z
  .object({
    guardianId: replyIds.guardianId,
    relationship: z.enum(GUARDIAN_RELATIONSHIPS),
    maskedPhone: z
      .string()
      .max(PHONE_LENGTH_MAX)
      .meta({ examples: ['+84••••••678'] }),
    consentedAt: instant,
    consentTextVersion: z.string().max(CONSENT_TEXT_VERSION_LENGTH_MAX).nullable(),
    source: z
      .enum(CONSENT_SOURCES)
      .meta({ description: 'Who told of the consent: a verification, or this operation.' }),
    registeredAt: instant,
    childCount: z.int().min(1).max(CHILDREN_MAX).meta({ description: 'Children whom this guardian registered here.' }),
  })
  .meta({ id: 'Guardianship', description: 'The registration of a child by a guardian, with the consent.' });

const playOfDayMs = z.int().min(0).max(PLAY_OF_DAY_MS_MAX);

const wallTimeOfDay = wallTime.refine((text) => text !== '24:00', 'must be before 24:00');

const bedtime = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .max(WEEKDAYS.length)
      .refine((days) => new Set(days).size === days.length, 'must name each day once')
      .meta({ description: 'The days on which it begins.' }),
    from: wallTimeOfDay,
    to: wallTime.meta({ description: 'Before `from`: on the next day.' }),
  })
  .refine(({ from, to }) => from !== to, 'must not begin and end at the same time');

const limitFields = {
  gameLimitMs: playOfDayMs
    .nullable()
    .meta({ description: 'Per calendar day, each game for itself; null: the law alone.' }),
  dayLimitMs: playOfDayMs.nullable().meta({ description: 'Per calendar day, all games at once; null: the law alone.' }),
};

/** All of them each time: what is not tightened is null or empty. */
export const guardianRulesRequest = z.strictObject({
  ...limitFields,
  bedtimes: z.array(bedtime).max(BEDTIMES_MAX),
  pause: z
    .strictObject({ untilAt: instantInRequest.nullable().meta({ description: 'Null: until it is lifted.' }) })
    .nullable()
    .meta({ description: 'Play is paused from now on.' }),
  ifVersion: z
    .int()
    .min(0)
    .max(GUARDIAN_RULES_VERSION_MAX)
    .optional()
    .meta({ description: 'The version this change was made from; another one since is `conflict`.' }),
});

const guardianRules = z
  .object({
    ...limitFields,
    bedtimes: z
      .array(z.object({ days: z.array(z.enum(WEEKDAYS)).max(WEEKDAYS.length), from: wallTime, to: wallTime }))
      .max(BEDTIMES_MAX),
    pause: z.object({ untilAt: instant.nullable() }).nullable(),
  })
  .meta({
    id: 'GuardianRules',
    description: 'What a guardian tightened. It can only take away from what the law allows.',
  });

const ruleVersion = z.int().min(0).max(GUARDIAN_RULES_VERSION_MAX);

const revision = z
  .object({ version: ruleVersion, author: z.enum(RULE_AUTHORS), setAt: instant, rules: guardianRules })
  .meta({ id: 'GuardianRulesRevision' });

const lawBudget = z.object({
  id: z.string().max(ID_LENGTH_MAX),
  scope: z.enum(BINDING_SCOPES),
  limitMs: durationMs,
  cite: z.string().max(TEXT_LENGTH_MAX),
});

const lawWindow = z.object({
  id: z.string().max(ID_LENGTH_MAX),
  days: z.array(z.enum(DAY_KINDS)).max(DAY_KINDS.length),
  from: wallTime,
  to: wallTime,
  effect: z.enum(['allow', 'forbid']),
  cite: z.string().max(TEXT_LENGTH_MAX),
});

export const guardianRulesReply = z
  .object({
    playerId: replyIds.playerId,
    serverAt: instant,
    zone: z
      .string()
      .max(ZONE_LENGTH_MAX)
      .meta({ description: 'Bedtimes and days are of this zone.', examples: ['Asia/Ho_Chi_Minh'] }),
    version: ruleVersion.meta({ description: '0: none were ever set.' }),
    rules: guardianRules,
    effective: z.object({ gameLimitMs: durationMs.nullable(), dayLimitMs: durationMs.nullable() }).meta({
      description: 'The tighter of the law and the guardian; null: no limit.',
    }),
    law: z.object({ budgets: z.array(lawBudget).max(LAW_RULES_MAX), windows: z.array(lawWindow).max(LAW_RULES_MAX) }),
    history: z
      .array(revision)
      .max(GUARDIAN_REVISIONS_MAX)
      .meta({ description: 'Newest first, the present one included.' }),
    policy: policyReference,
  })
  .meta({ id: 'GuardianRulesReply' });
