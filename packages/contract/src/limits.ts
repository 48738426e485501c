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
export const CHILD_REF_LENGTH_MAX = 64;
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
/** An answer that shows a credential is replayed for so long. */
export const CREDENTIAL_REPLAY_MS_MAX = 600_000;
export const REQUEST_ID_LENGTH_MAX = 64;
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
/** Seats of one agent, revoked ones too; the largest halls have a few hundred. */
export const STATIONS_MAX = 2000;
/** A seat holds one player, who may run several games. */
export const AGENT_SESSIONS_MAX = 10_000;
export const AGENTS_PAGE_MAX = 500;
/** A page holds many days of a café; it is a few megabytes. */
export const AGENT_LOG_ROWS_MAX = 10_000;
export const AGENT_LOG_CURSOR_LENGTH_MAX = 256;
/** Why staff ended a session: a sentence. */
export const AGENT_NOTE_LENGTH_MAX = 200;
/** Of `Playgate-Purpose`. */
export const PURPOSE_LENGTH_MAX = 200;
/** Of `Playgate-Signature`. */
export const SIGNATURE_LENGTH_MAX = 512;
/** Calendar days of one report: a year and a month. */
export const REPORT_DAYS_MAX = 400;
/** Of the access log, where nobody says which days. */
export const ACCESS_LOG_DAYS_DEFAULT = 31;
/** Rows of one report; who needs more narrows it by a filter. In CSV about 30 MB. */
export const REPORT_ROWS_MAX = 100_000;
/** Rows on a page of JSON, unless asked otherwise and at most. */
export const REPORT_PAGE_ROWS_DEFAULT = 500;
export const REPORT_PAGE_ROWS_MAX = 5_000;
/** Persons that a cell has at least before an audience without a named scope sees its figures. */
export const REPORT_CELL_PEOPLE_MIN = 5;
/** The key of a row: five texts of full length. */
export const REPORT_CURSOR_LENGTH_MAX = 1024;
/** All dimensions with commas are 32 characters. */
export const GROUP_BY_LENGTH_MAX = 64;
export const REPORT_FORMS_MAX = 100;
export const REPORT_COLUMNS_MAX = 100;
export const FORM_ID_LENGTH_MAX = 64;
export const CITE_LENGTH_MAX = 200;
export const ACCESS_LOG_PAGE_MAX = 500;
/** A day of play, in either direction. */
export const CORRECTION_MS_MAX = DAY_MS;
/** A few sentences: why a day is corrected. */
export const CORRECTION_REASON_LENGTH_MAX = 500;
/** Corrections and grants of one person on one day, undone ones too. */
export const CORRECTIONS_OF_DAY_MAX = 100;
/** What one answer lists, newest first. */
export const CORRECTIONS_LISTED_MAX = 500;
/** Days back that can be corrected: as long as evidence is kept. */
export const CORRECTION_DAYS_BACK_MAX = 400;
/** Days ahead that can be granted for: a holiday that was promised. */
export const CORRECTION_DAYS_AHEAD_MAX = 31;
/** Of a statement: sessions and denials of one person on one day; the first ones where there are more. */
export const STATEMENT_ROWS_MAX = 500;
/** Paragraphs of a statement: one per session and denial, and what is said of the day. */
export const STATEMENT_PARAGRAPHS_MAX = 100;
/** `2^53 - 1`: sums over all of a country. */
export const SUM_MAX = Number.MAX_SAFE_INTEGER;
/** The most entries of one answer: some 7 MB. */
export const EVIDENCE_ENTRIES_MAX = 10_000;
/** A tree of 2^53 leaves, the last whole number that JSON says exactly, is not outgrown. */
export const EVIDENCE_SIZE_MAX = Number.MAX_SAFE_INTEGER;
/** Two a level, with 53 levels. */
export const EVIDENCE_PROOF_HASHES_MAX = 106;
/** A rotation a month for eighty years. */
export const EVIDENCE_KEYS_MAX = 1000;
/** A checkpoint has some 200 characters and 150 a signature. */
export const NOTE_LENGTH_MAX = 65_536;
/** A name, 8 digits and 44 characters of key. */
export const VERIFIER_KEY_LENGTH_MAX = 1100;
export const SHA256_BASE64_LENGTH = 44;
/** Endpoints for webhooks of one world. */
export const WEBHOOK_ENDPOINTS_MAX = 16;
/** What one answer lists, newest first. */
export const WEBHOOK_DELIVERIES_LISTED_MAX = 100;
/** `whsec_` and 32 bytes in base64 are 50. */
export const WEBHOOK_SECRET_LENGTH_MAX = 128;
/** A day and a half of retries stays below. */
export const WEBHOOK_ATTEMPTS_MAX = 100;
/** A text of the overlay: a few lines on the narrowest screen. */
export const CLIENT_TEXT_LENGTH_MAX = 400;
/** A changed text is seen this much later at the latest, in seconds. */
export const CLIENT_TEXTS_MAX_AGE_S = 300;
export const CLIENT_TEXTS_VERSION_LENGTH_MAX = 64;
/** What BCP 47 asks every program to take (RFC 5646, 4.4.1). */
export const LANGUAGE_TAG_LENGTH_MAX = 35;
