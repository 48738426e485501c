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
/** Events on a page of a player's export, and rows of each other kind in all of it. */
export const EXPORT_EVENTS_MAX = 500;
export const EXPORT_ROWS_MAX = 100;
export const EXPORT_EVENT_FIELDS_MAX = 64;
export const EXPORT_CURSOR_LENGTH_MAX = 256;
export const JWKS_KEYS_MAX = 20;
/** Seconds that a JWKS may be kept: a new key is published for longer than this before it signs. */
export const JWKS_MAX_AGE_S = 300;

/** The provider's mark of a text of consent. */
export const CONSENT_TEXT_VERSION_LENGTH_MAX = 64;
/** Two for each weekday; they travel with every session of the child. */
export const BEDTIMES_MAX = 14;
/** A limit of a whole day and more is none. */
export const PLAY_OF_DAY_MS_MAX = DAY_MS;
/** A guardian who changes the rules every minute for a year stays below. */
export const GUARDIAN_RULES_VERSION_MAX = 1_000_000;
export const GUARDIAN_REVISIONS_MAX = 20;
export const LAW_RULES_MAX = 100;
export const CHILDREN_MAX = 1_000_000;
/** A link serves an evening unless asked otherwise; it is a key to the play of a child, so a month is the most. */
export const GUARDIAN_LINK_MS_DEFAULT = DAY_MS;
export const GUARDIAN_LINK_MS_MIN = 60_000;
export const GUARDIAN_LINK_MS_MAX = 30 * DAY_MS;
export const URL_LENGTH_MAX = 2048;
/** `state` of a callback, with room beyond the 40 characters that are made. */
export const HANDLE_LENGTH_MAX = 128;
/** Codes of identity providers can be encrypted tokens. */
export const CALLBACK_PARAMETER_LENGTH_MAX = 4096;
/** A presentation request to a wallet carries its query. */
export const REDIRECT_URL_LENGTH_MAX = 8192;
export const METHODS_MAX = 16;
/** Identity credentials of national wallets, disclosed whole, stay below half of it. */
export const PRESENTATION_LENGTH_MAX = 32_768;
export const CREDENTIAL_TYPES_MAX = 2000;
export const PRESENTATION_CLAIMS_MAX = 20;
/** Nobody on record has lived as long. */
export const STORE_AGE_MAX = 130;
/** A path of a console with its query; it travels in a cookie. */
export const RETURN_TO_LENGTH_MAX = 512;
/** OpenID Connect Core 2: a subject has at most 255 ASCII characters. */
export const SUBJECT_LENGTH_MAX = 255;
export const ISSUER_LENGTH_MAX = 1024;
/** SHA-256 in base64url has 43. */
export const CSRF_TOKEN_LENGTH_MAX = 64;
