// What the app store of the player's device says of the age of its account's owner.
import * as z from 'zod';
import { PLAYER_REF_LENGTH_MAX, STORE_AGE_MAX } from '../limits.ts';
import { APPLE_DECLARATIONS, GOOGLE_USER_STATUSES, STORE_SOURCES } from '../vocabulary.ts';
import { printable } from './text.ts';
import { instantInRequest } from './time.ts';

const bound = z.int().min(0).max(STORE_AGE_MAX);

/** A hint: it makes nobody older, and says nothing against a better source. */
export const storeSignalVerification = z
  .strictObject({
    playerRef: printable(PLAYER_REF_LENGTH_MAX),
    method: z.literal('store_signal'),
    source: z.enum(STORE_SOURCES),
    userStatus: z.enum(GOOGLE_USER_STATUSES).optional().meta({ description: 'Google Play: `userStatus`.' }),
    ageRangeDeclaration: z.enum(APPLE_DECLARATIONS).optional().meta({ description: 'Apple: `ageRangeDeclaration`.' }),
    ageRange: z
      .strictObject({ lower: bound.optional(), upper: bound.optional() })
      .optional()
      .meta({
        description:
          'Completed years, inclusive. Google Play: `ageLower` and `ageUpper`; Apple: `lowerBound` and `upperBound`. ' +
          'Leave out what the store leaves out.',
      }),
    declaredAt: instantInRequest.meta({ description: 'When the store told the device.' }),
  })
  .meta({ id: 'StoreSignalVerification' });
