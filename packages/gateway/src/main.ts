// The gateway: the only file that knows everyone. It reads the settings, opens the stores, joins them to the services
// and the HTTP side, and ends in the opposite order.
import path from 'node:path';
import type { Logger } from 'pino';
import { loadAdminToken } from './admin-token.ts';
import { CommandError } from './cli/open-stores.ts';
import { createProgram } from './cli/program.ts';
import { systemClock } from './clock.ts';
import { EventPump } from './compliance/event-pump.ts';
import { type Config, ConfigError, findUnknownSettings, readConfig } from './config.ts';
import { createServices } from './create-services.ts';
import { writeDemoFile } from './demo/demo-file.ts';
import { mountDemo } from './demo/demo-routes.ts';
import { seedDemo } from './demo/seed-demo.ts';
import { OperatorToken } from './directory/operator-token.ts';
import type { World } from './directory/world.ts';
import { WorldClock } from './directory/world-clock.ts';
import { GUARDIAN_PAGE_PATH } from './guardians/guardian-service.ts';
import { createApp } from './http/app.ts';
import type { BindPorts } from './http/bind-operation.ts';
import { limitAgeChecks } from './http/limit-age-checks.ts';
import { createHandlers } from './http/routes/index.ts';
import { HttpServer } from './http/server.ts';
import { staticPage } from './http/static-page.ts';
import { loadPolicies } from './load-policies.ts';
import { openChangeBus, openLedger } from './open-ledger.ts';
import { openLimits } from './open-limits.ts';
import { openSignIn } from './open-sign-in.ts';
import type { Parts } from './parts.ts';
import { RepeatedTask } from './repeated-task.ts';
import { DataDirectoryLockedError } from './store/sql/data-directory-lock.ts';
import { LiveSecrets, SECRETS_REREAD_MS } from './store/sql/live-secrets.ts';
import { openDatabase } from './store/sql/open-database.ts';
import { SqlIdempotencyStore } from './store/sql/sql-idempotency-store.ts';
import { SqlProviders } from './store/sql/sql-providers.ts';
import { SqlRegulators } from './store/sql/sql-regulators.ts';
import { SqlSandboxClocks } from './store/sql/sql-sandbox-clocks.ts';
import { createLogger } from './telemetry/logger.ts';
import { measureSessionStore } from './telemetry/measured-session-store.ts';
import { measureSessions } from './telemetry/measured-sessions.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import { createTroubleLog } from './telemetry/trouble-log.ts';
import { SIGNING_KEYS_REREAD_MS } from './tokens/signing-key.ts';

/** How soon a session that fell silent past its revival is closed. */
const CLOSE_SILENT_EVERY_MS = 5_000;
/** How far the record may be behind the live ledger, more or less. */
const PUMP_EVENTS_EVERY_MS = 500;
/** How soon sessions are told of new facts or rules that met an unavailable ledger. */
const RENEW_SESSIONS_EVERY_MS = 2_000;
/** How soon a merge of persons that met an unavailable ledger is tried again. */
const MERGE_PERSONS_EVERY_MS = 2_000;
/** How soon a sandbox clock that another gateway moved is seen where the change bus did not say so. */
const RELOAD_CLOCKS_EVERY_MS = 1_000;
/** Kept outcomes hold age tokens: they go on time also where no request comes. */
const SWEEP_IDEMPOTENCY_EVERY_MS = 600_000;

/** A Ctrl-C reaches every process of a terminal, and those above pass it on: within this time it is the same one. */
const SIGNAL_ECHO_MS = 500;

export interface Gateway {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Answers what is under way, then closes everything, the parts too. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** Opens the stores at once, each as soon as it can. Throws an Error for the operator; then nothing is left open. */
export async function openParts(config: Config, logger: Logger, onLost: (error: Error) => void): Promise<Parts> {
  const policies = await loadPolicies(config.policyId, config.policyDir);
  const onTrouble = createTroubleLog(logger);
  const { databaseUrl, dataDir, secretsFile } = config;
  const [database, ledger, bus, secrets, adminToken] = await Promise.allSettled([
    openDatabase(
      databaseUrl === null
        ? { dataDir }
        : { databaseUrl, onIdleError: (error) => onTrouble('connection to PostgreSQL', error) },
    ),
    openLedger(config, { clock: systemClock, onTrouble, onLost }),
    openChangeBus(config, { onTrouble }),
    LiveSecrets.open(secretsFile === null ? { dataDir } : { file: secretsFile }, systemClock.now()),
    config.adminToken ?? loadAdminToken(dataDir),
  ]);
  const failed = [database, ledger, bus, secrets, adminToken].find((part) => part.status === 'rejected');
  if (failed?.status === 'rejected') {
    if (database.status === 'fulfilled') await database.value.close();
    if (ledger.status === 'fulfilled') await ledger.value.close();
    if (bus.status === 'fulfilled') await bus.value.close();
    throw failed.reason;
  }
  return {
    database: resultOf(database),
    ledger: resultOf(ledger),
    bus: resultOf(bus),
    secrets: resultOf(secrets),
    adminToken: resultOf(adminToken),
    policies,
    clock: systemClock,
    logger,
  };
}

function resultOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** Joins the parts and listens. */
export async function startGateway(config: Config, parts: Parts): Promise<Gateway> {
  const { clock, database, ledger, logger } = parts;
  const telemetry = openTelemetry();
  const metrics = createMetrics(telemetry.meter);
  const onTrouble = createTroubleLog(logger);
  const clocks = await SqlSandboxClocks.load(database.db, parts.bus);
  const worldClock = new WorldClock(clock, clocks);
  const store = measureSessionStore(ledger.store, metrics);
  const nowOf = (world: World) => worldClock.nowOf(world);
  const onAlarm = (alarm: string, policyId: string) => {
    metrics.policyAlarm(alarm, policyId);
    onTrouble(`policy ${policyId}: ${alarm}, the stricter answer is given`, null);
  };
  const services = await createServices(config, parts, {
    onAlarm,
    store,
    nowOf,
    onTrouble,
    onFailure: (method, { code, message }) => logger.warn({ method, code }, `verification failed: ${message}`),
  });
  const limits = openLimits(config.rates, {
    redis: ledger.redis,
    secrets: parts.secrets,
    zoneAt: (now) => parts.policies.defaultAt(now).document.zone,
  });
  const signIn = await openSignIn(config, parts);
  const idempotency = new SqlIdempotencyStore(database.db, parts.secrets);
  const ports: BindPorts = {
    signIn,
    operatorToken: new OperatorToken(parts.adminToken),
    keys: services.keys,
    sessionTokens: services.sessionTokens,
    guardianTokens: services.tokens.guardianTokens,
    guardians: services.guardians,
    nowOf,
    idempotency,
    limits: limits.requests,
    mark: limits.mark,
    realNow: () => clock.now(),
    onTrouble,
    onAnswered: metrics.requestAnswered,
    onBroken: (fault, operationId, requestId) => logger.error({ err: fault.cause, operationId, requestId }, 'broken'),
  };
  const handlers = createHandlers({
    ...services,
    signIn,
    sessions: measureSessions(services.sessions, metrics),
    providers: new SqlProviders(database.db),
    regulators: new SqlRegulators(database.db),
    defaultPolicyId: config.policyId,
    hasPolicy: (policyId) => parts.policies.has(policyId),
    clocks,
    worldClock,
    store,
    storeKind: ledger.kind,
    database,
    clock,
    renderMetrics: () => telemetry.render(),
    onTrouble,
  });
  const demoPorts = {
    ...services,
    providers: new SqlProviders(database.db),
    clock,
    clocks,
    worldClock,
    defaultPolicyAt: (now: number) => parts.policies.defaultAt(now),
    policyId: config.policyId,
    onFileSetAside: (path: string) => logger.warn({ path }, 'a demo.json that could not be used was set aside'),
  };
  const demo = config.demo ? await seedDemo(demoPorts, config.dataDir) : null;
  const app = createApp({
    handlers: limitAgeChecks(handlers, limits.ageChecks),
    ports,
    trustedProxies: config.trustedProxies,
    mountPages: (app) => {
      app.use(GUARDIAN_PAGE_PATH, staticPage('@playgate/guardian-page'));
      if (demo !== null) mountDemo(app, demoPorts, demo);
    },
  });
  const server = await HttpServer.listen(app, config);
  const baseUrl = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`;
  if (demo !== null) writeDemoFile(config.dataDir, { baseUrl, adminToken: parts.adminToken, ...demo });
  const onError = (task: string, error: unknown) => {
    metrics.taskFailed(task);
    onTrouble(task, error);
  };
  const closeSilent = async () => {
    metrics.silentSessionsClosed(await store.expireSilent(nowOf));
  };
  const pump = new EventPump({ store, log: services.history });
  const pumpEvents = async () => {
    metrics.eventsMoved(await pump.drain());
  };
  const mergePersons = async () => {
    await services.merger.run();
  };
  const tasks = [
    new RepeatedTask({ name: 'close_silent', everyMs: CLOSE_SILENT_EVERY_MS, run: closeSilent, onError }),
    new RepeatedTask({ name: 'pump_events', everyMs: PUMP_EVENTS_EVERY_MS, run: pumpEvents, onError }),
    new RepeatedTask({
      name: 'renew_sessions',
      everyMs: RENEW_SESSIONS_EVERY_MS,
      run: () => services.renewals.retry(),
      onError,
    }),
    new RepeatedTask({ name: 'merge_persons', everyMs: MERGE_PERSONS_EVERY_MS, run: mergePersons, onError }),
    new RepeatedTask({
      name: 'reload_clocks',
      everyMs: RELOAD_CLOCKS_EVERY_MS,
      run: database.kind === 'postgresql' ? () => clocks.reload() : async () => {},
      onError,
    }),
    new RepeatedTask({
      name: 'reread_signing_keys',
      everyMs: SIGNING_KEYS_REREAD_MS,
      run: () => services.tokens.rereadSigningKeys(),
      onError,
    }),
    new RepeatedTask({
      name: 'sweep_idempotency',
      everyMs: SWEEP_IDEMPOTENCY_EVERY_MS,
      run: () => idempotency.sweep(clock.now()),
      onError,
    }),
    new RepeatedTask({
      name: 'reread_secrets',
      everyMs: SECRETS_REREAD_MS,
      run: () => services.tokens.rereadSecrets(),
      onError,
    }),
  ];
  const stop = async () => {
    await ledger.flush().catch((error: unknown) => onTrouble('the books were not written before the end', error));
    const { cutOff } = await server.drain(config.shutdownMsMax);
    if (cutOff > 0) logger.warn({ cutOff }, 'requests were cut off');
    for (const task of tasks) await task.stop();
    await pumpEvents().catch((error: unknown) => onTrouble('the last events stay in the stream', error));
    await parts.bus.close();
    await ledger.close();
    await database.close();
    await telemetry.close();
  };
  let stopped: Promise<void> | null = null;
  return {
    baseUrl,
    stop: () => (stopped ??= stop()),
  };
}

/** The process: settings from the environment, an end on SIGTERM or SIGINT, and a second signal to end at once. */
async function run(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  for (const name of findUnknownSettings(process.env)) logger.warn({ name }, 'a setting that is not known');
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  let askedAtMs: number | null = null;
  const onSignal = () => {
    if (askedAtMs !== null && performance.now() - askedAtMs > SIGNAL_ECHO_MS) process.exit(1);
    askedAtMs ??= performance.now();
    end(0);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const parts = await openParts(config, logger, (error) => {
    logger.fatal({ err: error }, 'the books cannot be kept any longer');
    end(1);
  });
  const gateway = await startGateway(config, parts).catch(async (error: unknown) => {
    await Promise.allSettled([parts.ledger.close(), parts.database.close()]);
    throw error;
  });
  announce(config, parts, gateway);
  const code = await ended;
  await gateway.stop();
  process.exit(code);
}

function announce(config: Config, { database, ledger }: Parts, { baseUrl }: Gateway): void {
  const lines = [
    `playgate is ready at ${baseUrl}`,
    ...(config.demo ? [`  demo       ${baseUrl}/demo  (keys in ${path.join(config.dataDir, 'demo.json')})`] : []),
    `  reference  ${baseUrl}/docs`,
    `  books      ${ledger.description}`,
    `  database   ${database.kind === 'embedded' ? `PostgreSQL, embedded in ${config.dataDir}` : 'PostgreSQL at DATABASE_URL'}`,
    `  data       ${config.dataDir}`,
  ];
  console.log(lines.join('\n'));
}

/** The port or the data directory is another process's: the message says which. */
function isBusy(error: unknown): error is Error {
  const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return isPortTaken || error instanceof DataDirectoryLockedError;
}

if (import.meta.main) {
  const program = createProgram({
    serve: run,
    readConfig: () => readConfig(process.env),
    now: () => systemClock.now(),
    print: (line) => console.log(line),
    note: (line) => console.error(line),
  });
  program.parseAsync().catch((error: unknown) => {
    const isForOperator = error instanceof ConfigError || error instanceof CommandError || isBusy(error);
    console.error(isForOperator ? `playgate: ${error.message}` : error);
    process.exit(1);
  });
}
