// A credential in the player's wallet: what the wallet is asked for, and what it answers.
import * as z from 'zod';
import {
  CREDENTIAL_TYPES_MAX,
  HANDLE_LENGTH_MAX,
  NAME_LENGTH_MAX,
  PLAYER_REF_LENGTH_MAX,
  PRESENTATION_CLAIMS_MAX,
  PRESENTATION_LENGTH_MAX,
  URL_LENGTH_MAX,
} from '../limits.ts';
import { printable } from './text.ts';
import { instant } from './time.ts';

/** The player shows a credential; the answer is the request for the wallet. */
export const walletVerification = z
  .strictObject({ playerRef: printable(PLAYER_REF_LENGTH_MAX), method: z.literal('wallet') })
  .meta({ id: 'WalletVerification' });

export const presentationRequest = z
  .object({
    nonce: z
      .string()
      .max(HANDLE_LENGTH_MAX)
      .meta({ description: 'For the key binding JWT; good for one presentation.' }),
    audience: z.string().max(URL_LENGTH_MAX).meta({ description: '`aud` of the key binding JWT.' }),
    vct: z.array(z.string().max(URL_LENGTH_MAX)).max(CREDENTIAL_TYPES_MAX).meta({
      description: 'Types of SD-JWT VC that are accepted, any one of them.',
    }),
    claims: z.array(z.string().max(NAME_LENGTH_MAX)).max(PRESENTATION_CLAIMS_MAX).meta({
      description: 'Claims to disclose, as far as the credential has them; `birthdate` does instead.',
    }),
    expiresAt: instant,
  })
  .meta({ id: 'PresentationRequest' });

export const presentation = z
  .strictObject({
    presentation: z
      .string()
      .min(1)
      .max(PRESENTATION_LENGTH_MAX)
      .regex(/^[\w~.-]+$/, 'must be an SD-JWT with key binding in compact form')
      .meta({ description: 'Issuer-signed JWT, disclosures and key binding JWT, joined by `~` (RFC 9901).' }),
  })
  .meta({ id: 'Presentation' });
