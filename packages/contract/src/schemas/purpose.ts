import * as z from 'zod';
import { PURPOSE_LENGTH_MAX } from '../limits.ts';

/** Why a regulator asks, as the header `Playgate-Purpose` says it: one line, in UTF-8 or percent-encoded UTF-8. */
export const purpose = z
  .string()
  .trim()
  .min(1)
  .max(PURPOSE_LENGTH_MAX)
  .regex(/^[\u0020-\u007e\u00a0-\uffff]*$/, 'must be one line of text');
