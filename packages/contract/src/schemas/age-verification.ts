import { AGE_BANDS } from '@playgate/policy';
import * as z from 'zod';
import {
  NATIONAL_ID_LENGTH_MAX,
  NATIONAL_ID_LENGTH_MIN,
  PHONE_LENGTH_MAX,
  PLAYER_REF_LENGTH_MAX,
  TOKEN_LENGTH_MAX,
} from '../limits.ts';
import { ASSURANCES, GUARDIAN_RELATIONSHIPS, VERIFICATION_OUTCOMES } from '../vocabulary.ts';
import { replyIds } from './ids.ts';
import { printable, word } from './text.ts';
import { calendarDate, instant, instantInRequest } from './time.ts';

const phone = z
  .string()
  .max(PHONE_LENGTH_MAX)
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164 form')
  .meta({ examples: ['+84912345678'] });

const nationalId = z
  .string()
  .min(NATIONAL_ID_LENGTH_MIN)
  .max(NATIONAL_ID_LENGTH_MAX)
  .regex(/^[A-Za-z0-9-]+$/, 'must consist of letters, digits and hyphens');

const guardian = z.strictObject({
  relationship: z.enum(GUARDIAN_RELATIONSHIPS),
  phone,
  consentedAt: instantInRequest,
});

/** The provider's server vouches for what it has checked itself. */
const attestedVerification = z
  .strictObject({
    playerRef: printable(PLAYER_REF_LENGTH_MAX).meta({ description: "The provider's own id of the account." }),
    method: z.literal('attested'),
    birthDate: calendarDate,
    phone: phone.optional(),
    phoneVerified: z.boolean().optional(),
    nationalId: nationalId.optional(),
    guardian: guardian.optional(),
  })
  .meta({ id: 'AttestedVerification' });

/** One member per method. */
export const ageVerificationRequest = z.discriminatedUnion('method', [attestedVerification]);

export const ageBand = z.enum(AGE_BANDS).meta({ id: 'AgeBand' });

export const ageVerification = z
  .object({
    verificationId: replyIds.verificationId,
    playerId: replyIds.playerId,
    outcome: z.enum(VERIFICATION_OUTCOMES),
    reason: word.optional().meta({ description: 'Says more about an outcome other than `verified`.' }),
    ageBand: ageBand.nullable(),
    assurance: z.enum(ASSURANCES),
    ageToken: z.string().max(TOKEN_LENGTH_MAX).nullable().meta({
      description: 'A JWT with the age band and never a birth date; opens sessions.',
    }),
    ageTokenExpiresAt: instant.nullable(),
  })
  .meta({ id: 'AgeVerification' });
