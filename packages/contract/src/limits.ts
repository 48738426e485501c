// Every bound of the wire, in one place and zod-free. A value that exceeds one is `invalid_request`.
const DAY_MS = 86_400_000;

/** Bytes of a request body, all operations; more is `payload_too_large`. */
export const BODY_BYTES_MAX = 262_144;

export const ID_LENGTH_MAX = 64;
export const NAME_LENGTH_MAX = 200;
export const LABEL_LENGTH_MAX = 100;
export const LICENCE_NO_LENGTH_MAX = 64;
export const PROVINCE_LENGTH_MAX = 64;
export const PLAYER_REF_LENGTH_MAX = 128;
export const NATIONAL_ID_LENGTH_MIN = 4;
export const NATIONAL_ID_LENGTH_MAX = 32;
export const DEVICE_ID_LENGTH_MAX = 128;
export const PLATFORM_LENGTH_MAX = 64;
/** `+` and up to 15 digits (E.164). */
export const PHONE_LENGTH_MAX = 16;
/** Close reasons and reasons of a verification: lower_snake words. */
export const WORD_LENGTH_MAX = 32;
export const API_KEY_LENGTH_MAX = 128;
export const TOKEN_LENGTH_MAX = 4096;
export const STATION_TOKEN_LENGTH_MAX = 256;
export const RECEIPT_LENGTH_MAX = 1024;
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
export const REQUEST_ID_LENGTH_MAX = 128;
/** Texts shown to players and explanations of errors. */
export const TEXT_LENGTH_MAX = 2000;
/** RFC 3339 with nanoseconds and an offset. */
export const INSTANT_LENGTH_MAX = 35;
export const ZONE_LENGTH_MAX = 64;

/** A client that beats every second for 68 years stays below (2^31 - 1). */
export const SEQ_MAX = 2_147_483_647;
/** 400 days: the longest look ahead of a rule and the longest step of the sandbox clock. */
export const DURATION_MS_MAX = 400 * DAY_MS;
export const POLICY_VERSION_MAX = 1_000_000;

/** Instants a sandbox clock can be set to: from here (inclusive) ... */
export const SANDBOX_CLOCK_FROM = '2000-01-01T00:00:00.000Z';
/** ... to here (inclusive). */
export const SANDBOX_CLOCK_TO = '2100-01-01T00:00:00.000Z';

/** 262,144 bytes hold this many beats with ids of full length. */
export const BATCH_BEATS_MAX = 1000;
export const GAMES_MAX = 1000;
export const CONFLICTS_MAX = 100;
export const WARNINGS_MAX = 20;
export const NOTICES_MAX = 20;
export const SCOPE_PROVINCES_MAX = 100;
export const SCOPE_PROVIDERS_MAX = 1000;
export const PROBLEM_ERRORS_MAX = 100;
export const JWKS_KEYS_MAX = 20;
