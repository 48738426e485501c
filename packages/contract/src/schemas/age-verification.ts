import { AGE_BANDS } from '@playgate/policy';
import * as z from 'zod';
import {
  CHILD_REF_LENGTH_MAX,
  CONSENT_TEXT_VERSION_LENGTH_MAX,
  DEVICE_ID_LENGTH_MAX,
  METHODS_MAX,
  NAME_LENGTH_MAX,
  NATIONAL_ID_LENGTH_MAX,
  NATIONAL_ID_LENGTH_MIN,
  PHONE_LENGTH_MAX,
  PLAYER_REF_LENGTH_MAX,
  REDIRECT_URL_LENGTH_MAX,
  TOKEN_LENGTH_MAX,
  URL_LENGTH_MAX,
} from '../limits.ts';
import { ASSURANCES, GUARDIAN_RELATIONSHIPS, VERIFICATION_OUTCOMES, VERIFICATION_STATUSES } from '../vocabulary.ts';
import { replyIds } from './ids.ts';
import { storeSignalVerification } from './store-signal.ts';
import { printable, word } from './text.ts';
import { calendarDate, instant, instantInRequest } from './time.ts';
import { presentationRequest, walletVerification } from './wallet.ts';

export const phone = z
  .string()
  .max(PHONE_LENGTH_MAX)
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164 form')
  .meta({ examples: ['+84912345678'] });

const nationalId = z
  .string()
  .min(NATIONAL_ID_LENGTH_MIN)
  .max(NATIONAL_ID_LENGTH_MAX)
  .regex(/^[A-Za-z0-9-]+$/, 'must consist of letters, digits and hyphens');

/** Of `consentedAt` wherever a consent is handed in. */
export const CONSENTED_AT = 'In the time of the world, and not in the future.';

const guardian = z.strictObject({
  relationship: z.enum(GUARDIAN_RELATIONSHIPS),
  phone,
  consentedAt: instantInRequest.meta({ description: CONSENTED_AT }),
  name: printable(NAME_LENGTH_MAX).optional(),
  consentTextVersion: printable(CONSENT_TEXT_VERSION_LENGTH_MAX).optional(),
  childRef: printable(CHILD_REF_LENGTH_MAX)
    .optional()
    .meta({
      description:
        'Your own name for the child at this guardian. Accounts with the same guardian phone and the same `childRef` are ' +
        'one person, whose play is counted once. A phone or a birth date alone joins nothing: twins share both.',
      examples: ['child-1'],
    }),
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
    device: z
      .strictObject({ id: printable(DEVICE_ID_LENGTH_MAX) })
      .optional()
      .meta({ description: 'The device the player sits at; attempts from one device are limited.' }),
  })
  .meta({ id: 'AttestedVerification' });

const httpUrl = z
  .url({ protocol: /^https?$/ })
  .max(URL_LENGTH_MAX)
  .meta({ format: 'uri' });

/** An OpenID provider vouches for the player, who signs in there. */
const oidcVerification = z
  .strictObject({
    playerRef: printable(PLAYER_REF_LENGTH_MAX),
    method: z.literal('oidc'),
    issuer: httpUrl.meta({ description: 'One of the issuers of this deployment.' }),
    returnUrl: httpUrl.meta({
      description: 'Where the browser of the player goes at the end; one that the deployment allows for the issuer.',
    }),
  })
  .meta({ id: 'OidcVerification' });

/** One member per method. */
export const ageVerificationRequest = z.discriminatedUnion('method', [
  attestedVerification,
  oidcVerification,
  walletVerification,
  storeSignalVerification,
]);

export const ageBand = z.enum(AGE_BANDS).meta({ id: 'AgeBand' });

export const ageVerification = z
  .object({
    verificationId: replyIds.verificationId,
    playerId: replyIds.playerId,
    status: z.enum(VERIFICATION_STATUSES),
    outcome: z.enum(VERIFICATION_OUTCOMES).nullable().meta({ description: 'Null unless `complete`.' }),
    reason: word
      .optional()
      .meta({ description: 'Says more about an outcome other than `verified`, or why it failed.' }),
    ageBand: ageBand.nullable(),
    assurance: z.enum(ASSURANCES).nullable().meta({
      description: 'Of the source whose age holds, which need not be this method. Null unless `complete`.',
    }),
    ageToken: z.string().max(TOKEN_LENGTH_MAX).nullable().meta({
      description: 'A JWT with the age band and never a birth date; opens sessions.',
    }),
    ageTokenExpiresAt: instant.nullable(),
    redirectUrl: z.string().max(REDIRECT_URL_LENGTH_MAX).optional().meta({
      description: 'Where the player goes now; only in the answer that begins a verification.',
    }),
    request: presentationRequest.optional().meta({
      description: 'What to ask a wallet for; only in the answer that begins a `wallet` verification.',
    }),
    expiresAt: instant.optional().meta({ description: 'Until when a pending one can be completed, in real time.' }),
    nextMethods: z.array(word).max(METHODS_MAX).optional().meta({
      description: 'Methods left to try, in the order of the policy, where this one came to nothing or is not enough.',
    }),
  })
  .meta({ id: 'AgeVerification' });
