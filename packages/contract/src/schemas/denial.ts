import { REFUSAL_REASONS, SESSION_END_REASONS } from '@playgate/policy';
import * as z from 'zod';
import { CONFLICTS_MAX } from '../limits.ts';
import { bindingRule, decisionSource, policyReference, rating, usedToday } from './allowance.ts';
import { gameId, replyIds } from './ids.ts';
import { localizedText } from './text.ts';
import { instant } from './time.ts';

export const refusalReason = z.enum(REFUSAL_REASONS).meta({ id: 'RefusalReason' });

export const endReason = z.enum([...REFUSAL_REASONS, ...SESSION_END_REASONS]).meta({ id: 'EndReason' });

export const nextAllowedAt = instant.nullable().meta({
  description: 'First instant at which time alone lifts the refusal; null: time does not.',
});

const conflict = z.object({ sessionId: replyIds.sessionId, gameId });

/** The answer to a start that is refused. */
export const denial = z
  .object({
    verdict: z.literal('denied'),
    reason: refusalReason,
    bindingRule: bindingRule.nullable(),
    nextAllowedAt,
    conflicts: z.array(conflict).max(CONFLICTS_MAX).meta({ description: 'Sessions in the way of this one.' }),
    message: localizedText,
    serverAt: instant,
    source: decisionSource,
    used: usedToday.optional(),
    rating: rating.optional(),
    policy: policyReference.optional(),
  })
  .meta({ id: 'Denial' });
