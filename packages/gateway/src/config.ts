// The settings of a gateway: one table of environment variables, checked as a whole at start.
// docs/operations.md is held equal to it by a test.
import path from 'node:path';
import * as z from 'zod';
import { OPERATOR_TOKEN_LENGTH_MIN } from './directory/operator-token.ts';
import { ANSWERS_PER_DAY_MAX } from './limits/answer-limit.ts';
import { COUNTED_IN_PROCESS, QUOTA_NAMES, QUOTAS, type QuotaName } from './limits/quotas.ts';
import type { RateSettings } from './open-limits.ts';
import { PARTITIONS_DEFAULT, PARTITIONS_MAX } from './store/redis/keys.ts';
import { parseRedisUrl } from './store/redis/redis-url.ts';
import { KEY_OUTAGE_MS_DEFAULT } from './store/sql/sql-keys.ts';
import { LOG_LEVELS, type LogLevel } from './telemetry/logger.ts';
import type { TracingSettings } from './telemetry/open-telemetry.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly publicUrl: string;
  /** Name of the evidence log. */
  readonly evidenceOrigin: string;
  readonly redisUrl: string | null;
  readonly databaseUrl: string | null;
  /** Null: Redis where there is one, else memory. */
  readonly store: 'memory' | 'redis' | null;
  readonly partitions: number;
  /** Null: one is made and kept in the data directory. */
  readonly adminToken: string | null;
  /** Null: `secrets.json` in the data directory. */
  readonly secretsFile: string | null;
  readonly policyId: string;
  readonly policyDir: string | null;
  /** Null: the texts that ship. */
  readonly textsFile: string | null;
  /** Null: the method `oidc` is not installed. */
  readonly oidcFile: string | null;
  /** Null: people do not sign in, there are keys only. */
  readonly signInFile: string | null;
  /** Null: the method `wallet` is not installed. */
  readonly walletIssuersFile: string | null;
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  readonly tracing: TracingSettings;
  readonly trustedProxies: number;
  /** What can wait is refused while there is more to do than can be done. */
  readonly shedsLoad: boolean;
  readonly shutdownMsMax: number;
  readonly keyOutageMsMax: number;
  readonly rates: RateSettings;
}

interface Setting<Value> {
  /** As an operator writes it; null: not set. */
  readonly default: string | null;
  readonly unit: string;
  readonly meaning: string;
  readonly schema: z.ZodType<Value, string>;
}

const setting = <Value>(entry: Setting<Value>): Setting<Value> => entry;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of: ${values.join(', ')}` }) as unknown as z.ZodType<Values[number], string>;

const filePath = z
  .string()
  .max(4096)
  .transform((text) => path.resolve(text));

/** At 10,000 requests a second a hundred traces: enough to see, little to keep. */
const TRACE_RATIO_DEFAULT = 0.01;
const RATE_MAX = 100_000_000;
const ANSWERS_MAX = 1_000;
/** A day: by then somebody can have revoked keys elsewhere. */
const KEY_OUTAGE_MS_MAX = 86_400_000;

type RateSettingName = `PLAYGATE_RATE_${Uppercase<QuotaName>}`;

const rateSettingName = (name: QuotaName) => `PLAYGATE_RATE_${name.toUpperCase()}` as RateSettingName;

/** One variable per quota. */
const RATE_SETTINGS = Object.fromEntries(
  QUOTA_NAMES.map((name) => {
    const { requests, windowS, per, what } = QUOTAS[name];
    const entry = setting({
      default: String(requests),
      unit: `1-${RATE_MAX}`,
      meaning: `${what}: at most so many per ${per}${COUNTED_IN_PROCESS.has(name) ? ' and gateway' : ''} in ${windowS} s, then 429.`,
      schema: integer(1, RATE_MAX),
    });
    return [rateSettingName(name), entry];
  }),
) as Readonly<Record<RateSettingName, Setting<number>>>;

/** Every variable, in the order of the documentation. */
export const SETTINGS = {
  PORT: setting({
    default: '8080',
    unit: '0-65535',
    meaning: 'Port to listen on; 0 takes a free one.',
    schema: integer(0, 65_535),
  }),
  HOST: setting({
    default: '127.0.0.1',
    unit: 'address',
    meaning: 'Address to listen on. Only this machine can reach the default; in a container set `0.0.0.0`.',
    schema: z.string().regex(/^[0-9A-Za-z.:_-]{1,255}$/, 'must be an address or a host name'),
  }),
  PLAYGATE_DATA_DIR: setting({
    default: '.playgate',
    unit: 'path',
    meaning: 'Where embedded stores, secrets and the admin token are kept. One gateway at a time.',
    schema: filePath,
  }),
  PLAYGATE_PUBLIC_URL: setting({
    default: null,
    unit: 'URL',
    meaning:
      'Where callers reach the gateway; the issuer of its tokens, so changing it ends them all. ' +
      'Default: `http://localhost:<PORT>`.',
    schema: url('http:', 'https:').transform((text) => text.replace(/\/+$/, '')),
  }),
  REDIS_URL: setting({
    default: null,
    unit: 'URL',
    meaning:
      'Redis that keeps the books of the day (append-only file on, `noeviction`): `redis://`, or `redis+sentinel://` or ' +
      '`redis+cluster://` with several nodes (see Stores); with TLS `rediss…`. Not set: one is embedded.',
    schema: z.string().refine((text) => parseRedisUrl(text) !== null, {
      error:
        'must be redis://host:port, redis+sentinel://host:port,host:port/name or redis+cluster://host:port,host:port (rediss for TLS)',
    }),
  }),
  DATABASE_URL: setting({
    default: null,
    unit: 'URL',
    meaning: 'PostgreSQL for everything else. Not set: one is embedded in the data directory.',
    schema: url('postgres:', 'postgresql:'),
  }),
  PLAYGATE_STORE: setting({
    default: null,
    unit: 'memory, redis',
    meaning:
      'Forces the store of the books. Default: `redis` if REDIS_URL is set or a redis-server is on the PATH, else ' +
      '`memory` (one process, written to the data directory every few seconds). Books do not move from one to the other.',
    schema: oneOf(['memory', 'redis']),
  }),
  PLAYGATE_PARTITIONS: setting({
    default: String(PARTITIONS_DEFAULT),
    unit: `1-${PARTITIONS_MAX}`,
    meaning: 'Into how many parts persons are spread in Redis. Fixed once Redis holds data.',
    schema: integer(1, PARTITIONS_MAX),
  }),
  PLAYGATE_ADMIN_TOKEN: setting({
    default: null,
    unit: 'text',
    meaning:
      `The operator's token, at least ${OPERATOR_TOKEN_LENGTH_MIN} letters, digits, \`_\` or \`-\`. ` +
      'Not set: one is made and kept in `admin-token` in the data directory.',
    schema: z
      .string()
      .regex(
        new RegExp(`^(?![psar]k_)[0-9A-Za-z_-]{${OPERATOR_TOKEN_LENGTH_MIN},256}$`),
        `must be ${OPERATOR_TOKEN_LENGTH_MIN} to 256 letters, digits, _ or -, and not start like an API key`,
      ),
  }),
  PLAYGATE_SECRETS_FILE: setting({
    default: null,
    unit: 'path',
    meaning:
      'The keys that protect stored data, equal on all gateways of a database. Not set: `secrets.json` in the data ' +
      'directory, made at the first start. Back it up apart from the database: without it nothing opens.',
    schema: filePath,
  }),
  PLAYGATE_POLICY: setting({
    default: 'vn-147-2024',
    unit: 'policy id',
    meaning: 'Policy of games that name none, and of age bands.',
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a policy'),
  }),
  PLAYGATE_POLICY_DIR: setting({
    default: null,
    unit: 'path',
    meaning:
      'Folder of further policy documents (`*.json`); one that is put in or taken out holds at once, for running sessions too. ' +
      '`citations` in one puts its sources into the words of each language.',
    schema: filePath,
  }),
  PLAYGATE_TEXTS_FILE: setting({
    default: null,
    unit: 'path',
    meaning:
      'Texts of the overlay in other words (JSON: language, name, text; names as `GET /v1/client-texts` has them). A change is ' +
      'taken in at once and reaches players within minutes. Not set: the texts that ship.',
    schema: filePath,
  }),
  PLAYGATE_OIDC_FILE: setting({
    default: null,
    unit: 'path',
    meaning:
      'OpenID providers that vouch for ages (JSON, see identity-sources.md). It holds client secrets: readable by the ' +
      'gateway only. Not set: no method `oidc`.',
    schema: filePath,
  }),
  PLAYGATE_SIGN_IN_FILE: setting({
    default: null,
    unit: 'path',
    meaning:
      'Identity providers of people who sign in, and their roles (JSON, see sign-in.md). It holds client secrets: ' +
      'readable by the gateway only. Not set: no sign-in, keys only.',
    schema: filePath,
  }),
  PLAYGATE_WALLET_ISSUERS_FILE: setting({
    default: null,
    unit: 'path',
    meaning:
      'Issuers whose credentials in wallets are believed (JSON, see identity-sources.md). Not set: no method `wallet`.',
    schema: filePath,
  }),
  PLAYGATE_DEMO: setting({
    default: null,
    unit: 'on, off',
    meaning: 'A sandbox provider and the page `/demo`. Default: `on` while the database is embedded, else `off`.',
    schema: oneOf(['on', 'off']),
  }),
  PLAYGATE_LOG_LEVEL: setting({
    default: 'info',
    unit: LOG_LEVELS.join(', '),
    meaning: 'The least severe lines that are logged (JSON, on the standard error output).',
    schema: oneOf(LOG_LEVELS),
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting({
    default: null,
    unit: 'URL',
    meaning: 'Collector that takes traces as OTLP over HTTP (at `/v1/traces`). Not set: nothing is traced.',
    schema: url('http:', 'https:').transform((text) => text.replace(/\/+$/, '')),
  }),
  PLAYGATE_TRACE_RATIO: setting({
    default: String(TRACE_RATIO_DEFAULT),
    unit: '0-1',
    meaning: 'Share of the requests that are traced, where there is a collector.',
    schema: z
      .string()
      .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a number from 0 to 1 with at most six decimals')
      .transform(Number),
  }),
  PLAYGATE_EVIDENCE_ORIGIN: setting({
    default: null,
    unit: 'text',
    meaning:
      'Name of the evidence log: first line of its checkpoints, and the name of its keys. Verifiers know the log by it, so ' +
      'set it once. Default: PLAYGATE_PUBLIC_URL without its scheme, and `/evidence`.',
    schema: z.string().regex(/^[^\s+\p{Cc}]{1,255}$/u, 'must be 1 to 255 characters without spaces and plus signs'),
  }),
  PLAYGATE_TRUSTED_PROXIES: setting({
    default: '0',
    unit: '0-10',
    meaning: 'How many proxies in front are believed in what they say of a caller (`X-Forwarded-*`).',
    schema: integer(0, 10),
  }),
  PLAYGATE_SHED_LOAD: setting({
    default: 'on',
    unit: 'on, off',
    meaning:
      'A gateway that has more to do than it can do asks for fewer heartbeats (every 60, then 120 s in place of 30, the lease ' +
      'likewise) and refuses what can wait with 503: reports first, then age checks, then starts. Heartbeats and closes never.',
    schema: oneOf(['on', 'off']),
  }),
  PLAYGATE_SHUTDOWN_MS: setting({
    default: '10000',
    unit: 'ms, 0-300000',
    meaning: 'How long requests under way may take after SIGTERM before they are cut off.',
    schema: integer(0, 300_000),
  }),
  PLAYGATE_KEY_OUTAGE_MS: setting({
    default: String(KEY_OUTAGE_MS_DEFAULT),
    unit: `ms, 0-${KEY_OUTAGE_MS_MAX}`,
    meaning: 'How long API keys that a gateway knows go on working while it does not reach the database.',
    schema: integer(0, KEY_OUTAGE_MS_MAX),
  }),
  ...RATE_SETTINGS,
  PLAYGATE_RATE_ANSWERS: setting({
    default: String(ANSWERS_PER_DAY_MAX),
    unit: `1-${ANSWERS_MAX}`,
    meaning: 'Different answers about the age of one identity on a day of its world; asking the same again is free.',
    schema: integer(1, ANSWERS_MAX),
  }),
} as const;

type SettingName = keyof typeof SETTINGS;
type SettingValue<Name extends SettingName> = (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
type Environment = Readonly<Record<string, string | undefined>>;

/** All that is wrong with the environment, one line per variable; never a value, which may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`bad settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Throws a ConfigError. An empty variable counts as not set. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const read = <Name extends SettingName>(name: Name): SettingValue<Name> | null => {
    const { default: fallback, schema } = SETTINGS[name];
    const text = env[name] || fallback;
    if (text === null) return null;
    const result = schema.safeParse(text);
    if (result.success) return result.data as SettingValue<Name>;
    problems.push(`${name}: ${result.error.issues[0]?.message ?? 'is not valid'}`);
    return null;
  };
  const port = read('PORT');
  const redisUrl = read('REDIS_URL');
  const databaseUrl = read('DATABASE_URL');
  const demo = read('PLAYGATE_DEMO');
  const publicUrl = read('PLAYGATE_PUBLIC_URL') ?? `http://localhost:${port}`;
  const config = {
    host: read('HOST')!,
    port: port!,
    dataDir: read('PLAYGATE_DATA_DIR')!,
    publicUrl,
    evidenceOrigin: read('PLAYGATE_EVIDENCE_ORIGIN') ?? `${publicUrl.replace(/^\w+:\/\//, '')}/evidence`,
    redisUrl,
    databaseUrl,
    store: read('PLAYGATE_STORE'),
    partitions: read('PLAYGATE_PARTITIONS')!,
    adminToken: read('PLAYGATE_ADMIN_TOKEN'),
    secretsFile: read('PLAYGATE_SECRETS_FILE'),
    policyId: read('PLAYGATE_POLICY')!,
    policyDir: read('PLAYGATE_POLICY_DIR'),
    textsFile: read('PLAYGATE_TEXTS_FILE'),
    oidcFile: read('PLAYGATE_OIDC_FILE'),
    signInFile: read('PLAYGATE_SIGN_IN_FILE'),
    walletIssuersFile: read('PLAYGATE_WALLET_ISSUERS_FILE'),
    demo: demo === null ? databaseUrl === null : demo === 'on',
    logLevel: read('PLAYGATE_LOG_LEVEL')!,
    tracing: { otlpUrl: read('OTEL_EXPORTER_OTLP_ENDPOINT'), traceRatio: read('PLAYGATE_TRACE_RATIO')! },
    trustedProxies: read('PLAYGATE_TRUSTED_PROXIES')!,
    shedsLoad: read('PLAYGATE_SHED_LOAD') === 'on',
    shutdownMsMax: read('PLAYGATE_SHUTDOWN_MS')!,
    keyOutageMsMax: read('PLAYGATE_KEY_OUTAGE_MS')!,
    rates: {
      quotas: Object.fromEntries(QUOTA_NAMES.map((name) => [name, read(rateSettingName(name))!])),
      answersPerDay: read('PLAYGATE_RATE_ANSWERS')!,
    },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Variables that look like ours and are not: most likely misspelt. */
export function findUnknownSettings(env: Environment): readonly string[] {
  return Object.keys(env).filter((name) => name.startsWith('PLAYGATE_') && !(name in SETTINGS));
}
