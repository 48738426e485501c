// The parts of the OpenAPI document that operations share: headers, parameters, security schemes, tags.
import * as z from 'zod';
// Brings the types of `param` and `header` in `.meta()`.
import type {} from 'zod-openapi';
import { HEADERS } from './headers.ts';
import { CSRF_TOKEN_LENGTH_MAX, NAME_LENGTH_MAX, REQUEST_ID_LENGTH_MAX, SIGNATURE_LENGTH_MAX } from './limits.ts';
import type { Tag } from './operation.ts';
import { idempotencyKey } from './schemas/idempotency-key.ts';
import { purpose } from './schemas/purpose.ts';
import type { AuthKind } from './vocabulary.ts';

const RETRY_AFTER_SECONDS_MAX = 86_400;
export const TAG_DESCRIPTIONS: Readonly<Record<Tag, string>> = {
  Public: 'Open to anybody.',
  'Sign-in': 'Persons: who runs the gateway or works for a provider, an agent or a regulator.',
  Operator: 'Providers, keys, agents and regulators.',
  Games: 'The titles of a provider.',
  'Age verification': 'How old a player is, without telling anybody the birth date.',
  Guardians: 'Who registered a child, and what they tightened.',
  Sessions: 'Play: open, beat, close, and the books of the day.',
  'Corrections and statements': 'Why a player was stopped, and how a day is put right.',
  Webhooks: 'Events that are posted to a provider as they happen: limits, ends, changes of standing.',
  'Sandbox clock': 'The time of the test world.',
  Agents: 'Public game service points and their seats.',
  Reports: 'Figures of what was played and enforced, and what became of one player’s day.',
  Evidence: 'The append-only record and its proofs, to be checked by anybody.',
};

function bearer(description: string) {
  return { type: 'http', scheme: 'bearer', description } as const;
}

export const SECURITY_SCHEMES: Readonly<Record<Exclude<AuthKind, 'none'>, ReturnType<typeof bearer>>> = {
  operator: bearer('The token of the operator.'),
  secret: bearer("Key of a provider's server: `sk_test_...` or `sk_live_...`."),
  publishable: bearer("Key of a provider's client: `pk_test_...` or `pk_live_...`."),
  agent: bearer('Key of an online game agent: `ak_...`.'),
  regulator: bearer('Key of a regulator: `rk_...`.'),
  session: bearer('The `sessionToken` of one play session.'),
  guardian: bearer("The token of a guardian's link, good for one child."),
};

/** Of people: the session cookie in place of a key. */
export const SIGN_IN_SCHEME = {
  name: 'signIn',
  scheme: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-playgate',
    description: 'The session of a person who signed in; what changes something needs `X-CSRF-Token` too.',
  },
} as const;

const REQUEST_ID_RULE =
  'Echoed if it is letters, digits, `.`, `_` and `-`, and holds no number that could be a phone, a document or a date ' +
  '(8 digits and more, but for a UUID, a trace id or a time in ms); otherwise, and when left out, one is made.';
const requestId = z.string().min(1).max(REQUEST_ID_LENGTH_MAX);

/** Request headers, as `parameters` of an operation. */
export const PARAMETERS = {
  requestId: requestId.optional().meta({
    param: { id: 'RequestId', in: 'header', name: HEADERS.requestId, description: REQUEST_ID_RULE },
  }),
  csrfToken: z
    .string()
    .max(CSRF_TOKEN_LENGTH_MAX)
    .optional()
    .meta({
      param: {
        id: 'CsrfToken',
        in: 'header',
        name: HEADERS.csrfToken,
        description: 'With the session cookie: `csrfToken` of `GET /v1/me`. Not needed with a key.',
      },
    }),
  purpose: purpose.optional().meta({
    param: {
      id: 'Purpose',
      in: 'header',
      name: HEADERS.purpose,
      description: 'Why it is asked. Regulators have to say it; it is kept in the access log.',
    },
  }),
  idempotencyKey: idempotencyKey.optional().meta({
    param: {
      id: 'IdempotencyKey',
      in: 'header',
      name: HEADERS.idempotencyKey,
      description:
        'The same key again gives the first outcome, for a day; with another request it is `idempotency_mismatch`.',
    },
  }),
} as const;

/** Response headers. */
export const REPLY_HEADERS = {
  requestId: requestId.meta({ header: { id: 'RequestId', description: 'The id sent, or one that was made.' } }),
  retryAfter: z
    .int()
    .min(1)
    .max(RETRY_AFTER_SECONDS_MAX)
    .optional()
    .meta({ header: { id: 'RetryAfter', description: 'Seconds to wait; with every 429 and 503.' } }),
  rateLimit: z
    .string()
    .max(NAME_LENGTH_MAX)
    .optional()
    .meta({
      header: {
        id: 'RateLimit',
        description: 'What is left of the quota (`r`), and the seconds until it is whole (`t`).',
      },
    }),
  rateLimitPolicy: z
    .string()
    .max(NAME_LENGTH_MAX)
    .optional()
    .meta({
      header: { id: 'RateLimitPolicy', description: 'The quota: requests (`q`) in a window of seconds (`w`).' },
    }),
  signature: z
    .string()
    .max(SIGNATURE_LENGTH_MAX)
    .optional()
    .meta({
      header: {
        id: 'Signature',
        description: 'Detached JWS over the bytes of the body; its key is in the JWKS of the evidence.',
      },
    }),
  idempotentReplayed: z
    .literal('true')
    .optional()
    .meta({ header: { id: 'IdempotentReplayed', description: 'This is the outcome of an earlier request.' } }),
} as const;
