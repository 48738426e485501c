#!/usr/bin/env -S node --max-semi-space-size=16
// The gateway: the only file that knows everyone. It reads the settings, opens the stores, joins them to the services
// and the HTTP side, and ends in the opposite order.
import path from 'node:path';
import { SpanKind } from '@opentelemetry/api';
import { CommanderError } from 'commander';
import type { Logger } from 'pino';
import gatewayPackage from '../package.json' with { type: 'json' };
import { loadAdminToken } from './admin-token.ts';
import { EXIT_CODES } from './cli/exit-codes.ts';
import { isStarted, nodeProblemOf } from './cli/node-version.ts';
import { CommandError } from './cli/open-stores.ts';
import { createProgram, exitCodeOf, type ServeOptions } from './cli/program.ts';
import { ClientTextBook } from './client-text-book.ts';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, findUnknownSettings, readConfig } from './config.ts';
import { createServices } from './create-services.ts';
import { writeDemoFile } from './demo/demo-file.ts';
import { mountDemo } from './demo/demo-routes.ts';
import { seedDemo } from './demo/seed-demo.ts';
import { seedDemoCafe } from './demo/seed-demo-cafe.ts';
import { OperatorToken } from './directory/operator-token.ts';
import { staffMarkWith } from './directory/staff-mark.ts';
import type { World } from './directory/world.ts';
import { WorldClock } from './directory/world-clock.ts';
import { GUARDIAN_PAGE_PATH } from './guardians/guardian-service.ts';
import { createApp } from './http/app.ts';
import type { BindPorts } from './http/bind-operation.ts';
import { heartbeatLane } from './http/heartbeat-lane.ts';
import { limitAgeChecks } from './http/limit-age-checks.ts';
import { createHandlers } from './http/routes/index.ts';
import { SDK_FILES_PATH, sdkFiles } from './http/sdk-files.ts';
import { HttpServer, keepAliveMsOf } from './http/server.ts';
import { staticPage } from './http/static-page.ts';
import { LoadGauge, READ_LOAD_EVERY_MS } from './load/load-gauge.ts';
import { PACE_OF_LEVEL } from './load/pace-of-level.ts';
import { loadPolicies } from './load-policies.ts';
import { SIGN_CHECKPOINT_EVERY_MS } from './open-evidence.ts';
import { openChangeBus, openLedger } from './open-ledger.ts';
import { openLimits } from './open-limits.ts';
import { openSignIn } from './open-sign-in.ts';
import { SEND_WEBHOOKS_EVERY_MS, SWEEP_WEBHOOKS_EVERY_MS } from './open-webhooks.ts';
import type { Parts } from './parts.ts';
import { PolicyReload } from './policy-reload.ts';
import { announceSessions } from './push/announcing-session-store.ts';
import { SessionPush } from './push/session-push.ts';
import { SpentNotices } from './push/spent-notices.ts';
import { RepeatedTask } from './repeated-task.ts';
import { SteadyClock } from './steady-clock.ts';
import { SCRIPT_NAMES } from './store/redis/script-names.ts';
import { countUnconfirmedEnds } from './store/sql/count-unconfirmed-ends.ts';
import { DataDirectoryLockedError } from './store/sql/data-directory-lock.ts';
import { LiveSecrets, SECRETS_REREAD_MS } from './store/sql/live-secrets.ts';
import { openDatabase } from './store/sql/open-database.ts';
import { PolicyChangedError } from './store/sql/policy-hashes.ts';
import { deriveKey } from './store/sql/secrets.ts';
import { SqlAccessLog } from './store/sql/sql-access-log.ts';
import { SqlIdempotencyStore } from './store/sql/sql-idempotency-store.ts';
import { SqlProviders } from './store/sql/sql-providers.ts';
import { SqlRegulators } from './store/sql/sql-regulators.ts';
import { SqlSandboxClocks } from './store/sql/sql-sandbox-clocks.ts';
import { measureClock } from './telemetry/clock-metrics.ts';
import { measureDatabase } from './telemetry/database-metrics.ts';
import { measureEnforcement, measureUnconfirmedEnds } from './telemetry/enforcement-metrics.ts';
import { HeartbeatSteps } from './telemetry/heartbeat-steps.ts';
import { measureLoad } from './telemetry/load-metrics.ts';
import { createLogger } from './telemetry/logger.ts';
import { measureOutbox } from './telemetry/measured-outbox.ts';
import { measureRedis } from './telemetry/measured-redis.ts';
import { measureSessionStore } from './telemetry/measured-session-store.ts';
import { measureSessions } from './telemetry/measured-sessions.ts';
import { measureVerifier } from './telemetry/measured-verifiers.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import { measureProcess } from './telemetry/process-metrics.ts';
import { measureRecord } from './telemetry/record-metrics.ts';
import { createSecurityLog } from './telemetry/security-log.ts';
import { createTroubleLog } from './telemetry/trouble-log.ts';
import { SIGNING_KEYS_REREAD_MS } from './tokens/signing-key.ts';
import { assertShareable } from './workers/assert-shareable.ts';
import { WorkerLink } from './workers/worker-link.ts';
import { WorkerPool } from './workers/worker-pool.ts';

/** How soon a session that fell silent past its revival is closed. */
const CLOSE_SILENT_EVERY_MS = 5_000;
/** How far the record may be behind the live ledger, more or less. */
const PUMP_EVENTS_EVERY_MS = 500;
/** How far projections and evidence may be behind the record where nobody reads; a reader brings them there at once. */
const FOLLOW_LOG_EVERY_MS = 500;
/** How soon what was answered without the ledger is on record. */
const KEEP_FALLBACK_EVERY_MS = 1_000;
/** How soon sessions are told of new facts or rules that met an unavailable ledger. */
const RENEW_SESSIONS_EVERY_MS = 2_000;
/** How soon a merge of persons that met an unavailable ledger is tried again. */
const MERGE_PERSONS_EVERY_MS = 2_000;
/** How soon a sandbox clock that another gateway moved is seen where the change bus did not say so. */
const RELOAD_CLOCKS_EVERY_MS = 1_000;
/** How soon a changed file of texts or folder of policies is seen. */
const RELOAD_FILES_EVERY_MS = 250;
/** Kept outcomes hold tokens and keys: they go on time also where no request comes. */
const SWEEP_IDEMPOTENCY_EVERY_MS = 60_000;

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
  const onSetBack = (aheadMs: number) =>
    logger.warn({ aheadMs }, 'the clock was set back: play is counted by a steady one');
  const steadyClock = new SteadyClock({ onSetBack });
  const { databaseUrl, dataDir, secretsFile } = config;
  const [database, ledger, bus, secrets, adminToken] = await Promise.allSettled([
    openDatabase(
      databaseUrl === null
        ? { dataDir }
        : { databaseUrl, onIdleError: (error) => onTrouble('connection to PostgreSQL', error) },
    ),
    openLedger(config, { clock: steadyClock, onTrouble, onLost }),
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
    steadyClock,
    logger,
  };
}

const openGauge = (logger: Logger): LoadGauge =>
  new LoadGauge({
    onLevel: (level, before, reading) => logger.warn({ level, before, ...reading }, 'the load has another level'),
  });

function resultOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** Joins the parts and listens. */
export async function startGateway(config: Config, parts: Parts): Promise<Gateway> {
  const { clock, database, ledger, logger } = parts;
  const telemetry = openTelemetry(config.tracing, parts.traceTo ?? null);
  const { meter, tracing } = telemetry;
  const metrics = createMetrics(telemetry);
  const steps = new HeartbeatSteps(metrics);
  const load = parts.load ?? openGauge(logger);
  const watch = { meter, metrics, tracing, steps, load };
  const loadLevel = () => (config.shedsLoad ? load.level : 0);
  const paceNow = () => PACE_OF_LEVEL[loadLevel()];
  measureLoad(meter, { readLevel: () => load.level, paceNow });
  measureClock(meter, { timeOfDay: clock, steady: parts.steadyClock ?? clock });
  const stopMeasuring = measureProcess(meter, gatewayPackage.version);
  measureDatabase(database, watch);
  if (ledger.redis !== null) measureRedis(ledger.redis, { ...watch, scripts: SCRIPT_NAMES });
  const onTrouble = createTroubleLog(logger);
  const clocks = await SqlSandboxClocks.load(database.db, parts.bus);
  const worldClock = new WorldClock(parts.steadyClock ?? clock, clocks);
  const nowOf = (world: World) => worldClock.nowOf(world);
  const push = new SessionPush({ bus: parts.bus, nowOf, onTrouble });
  clocks.onMoved((providerId) => push.streams.noticeClock(providerId));
  const store = announceSessions(measureSessionStore(ledger.store, watch), {
    announce: push.announce,
    onSpent: ({ playerId, request }) => spentNotices.note({ ...request, playerId }),
  });
  const onAlarm = (alarm: string, policyId: string) => {
    metrics.policyAlarm(alarm, policyId);
    onTrouble(`policy ${policyId}: ${alarm}, the stricter answer is given`, null);
  };
  const services = await createServices(config, parts, {
    onAlarm,
    store,
    nowOf,
    paceNow,
    onTrouble,
    onFallbackDropped: (count) => {
      metrics.fallbackEntriesDropped(count);
      onTrouble('answers given without the ledger are on no record: too many wait for the database', null);
    },
    onFailure: (method, { code, message }) => logger.warn({ method, code }, `verification failed: ${message}`),
    watchVerifier: (verifier) => measureVerifier(verifier, watch),
    enforcement: measureEnforcement(meter, { clock }),
    watchOutbox: (outbox) => measureOutbox(outbox, metrics),
  });
  const spentNotices = new SpentNotices({ players: services.players, announce: push.announce, onTrouble });
  const limits = openLimits(config.rates, {
    redis: ledger.redis,
    secrets: parts.secrets,
    zoneAt: (now) => parts.policies.defaultAt(now).document.zone,
  });
  const signIn = await openSignIn(config, parts);
  // Who changed what is told at every level but `silent`.
  const auditLog = logger.level === 'silent' ? logger : logger.child({}, { level: 'info' });
  const securityLog = createSecurityLog(auditLog);
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
    accessLog: new SqlAccessLog(database.db),
    onAudited: (entry) => auditLog.info(entry, 'audit'),
    onSecurityEvent: (entry) => {
      metrics.securityEvent(entry.event);
      securityLog(entry);
    },
    watchSteps: (operationId) => steps.watch(operationId),
    loadLevel,
    tracing: {
      draws: () => tracing.draws(),
      traceRequest: (name, work) => tracing.trace(name, SpanKind.SERVER, work),
    },
    staffMark: staffMarkWith(deriveKey(parts.secrets.pepper, 'staff')),
    onBroken: (fault, operationId, requestId) => logger.error({ err: fault.cause, operationId, requestId }, 'broken'),
  };
  const clientTexts = await ClientTextBook.open(config.textsFile);
  const handlers = createHandlers({
    clientTexts,
    staffMark: staffMarkWith(deriveKey(parts.secrets.pepper, 'staff')),
    ...services,
    signIn,
    push,
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
    renderMetrics: parts.workerLink?.shareMetrics(telemetry.render) ?? telemetry.render,
    onTrouble,
  });
  const demoPorts = {
    ...services,
    providers: new SqlProviders(database.db),
    regulators: new SqlRegulators(database.db),
    clock,
    clocks,
    worldClock,
    defaultPolicyAt: (now: number) => parts.policies.defaultAt(now),
    policyId: config.policyId,
    onFileSetAside: (path: string) => logger.warn({ path }, 'a demo.json that could not be used was set aside'),
  };
  const demo = config.demo ? await seedDemo(demoPorts, config.dataDir) : null;
  const cafe =
    demo === null ? null : await seedDemoCafe(demoPorts, { providerId: demo.providerId, mode: 'test' }, config.dataDir);
  const app = createApp({
    handlers: limitAgeChecks(handlers, limits.ageChecks),
    ports,
    trustedProxies: config.trustedProxies,
    mountPages: (app) => {
      app.use(GUARDIAN_PAGE_PATH, staticPage('@playgate/guardian-page'));
      app.use(SDK_FILES_PATH, sdkFiles());
      if (demo !== null) mountDemo(app, demoPorts, demo);
    },
  });
  const server = await HttpServer.listen(heartbeatLane({ app, handlers, ports }), {
    ...config,
    keepAliveMs: keepAliveMsOf(parts.policies.all),
  });
  const baseUrl = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`;
  if (demo !== null) writeDemoFile(config.dataDir, { baseUrl, adminToken: parts.adminToken, ...demo, ...cafe });
  const onError = (task: string, error: unknown) => {
    metrics.taskFailed(task);
    onTrouble(task, error);
  };
  await services.evidence.assertUnforked().catch((error: unknown) => onError('check_evidence', error));
  const closeSilent = async () => {
    metrics.silentSessionsClosed(await store.expireSilent(nowOf));
  };
  const { followers, pump } = services;
  measureRecord(meter, { pump, followers, clock });
  measureUnconfirmedEnds(meter, {
    clock,
    countUnconfirmed: (from, to) => countUnconfirmedEnds(database.db, from, to),
  });
  const pumpEvents = () =>
    tracing.traceSome('pump events', async (span) => {
      const { moved } = await pump.drain();
      span?.setAttribute('playgate.events.moved', moved);
      metrics.eventsMoved(moved);
    });
  const followLog = async () => {
    await followers.run();
  };
  const signCheckpoint = async () => {
    await services.evidence.checkpoint(clock.now());
  };
  const keepFallback = () => services.fallback.flush();
  const mergePersons = async () => {
    await services.merger.run();
  };
  const sendWebhooks = async () => {
    await services.statusTeller.run();
    await services.webhookSender.run();
  };
  const policyReload = new PolicyReload({
    policies: parts.policies,
    bus: parts.bus,
    admit: services.admitPolicies,
    onReplaced: () => {
      services.allowances.forget();
      server.keepAlive(keepAliveMsOf(parts.policies.all));
    },
    renewPolicies: (policyIds) => push.streams.renewPolicies(policyIds),
  });
  const tasks = [
    new RepeatedTask({
      name: 'reload_policies',
      everyMs: RELOAD_FILES_EVERY_MS,
      run: () => policyReload.run(),
      onError,
    }),
    new RepeatedTask({
      name: 'reload_texts',
      everyMs: RELOAD_FILES_EVERY_MS,
      run: () => clientTexts.reload(),
      onError,
    }),
    new RepeatedTask({ name: 'read_load', everyMs: READ_LOAD_EVERY_MS, run: async () => load.read(), onError }),
    new RepeatedTask({ name: 'close_silent', everyMs: CLOSE_SILENT_EVERY_MS, run: closeSilent, onError }),
    new RepeatedTask({ name: 'pump_events', everyMs: PUMP_EVENTS_EVERY_MS, run: pumpEvents, onError }),
    new RepeatedTask({ name: 'follow_log', everyMs: FOLLOW_LOG_EVERY_MS, run: followLog, onError }),
    new RepeatedTask({ name: 'keep_fallback', everyMs: KEEP_FALLBACK_EVERY_MS, run: keepFallback, onError }),
    new RepeatedTask({
      name: 'renew_sessions',
      everyMs: RENEW_SESSIONS_EVERY_MS,
      run: () => services.renewals.retry(),
      onError,
    }),
    new RepeatedTask({ name: 'sign_checkpoint', everyMs: SIGN_CHECKPOINT_EVERY_MS, run: signCheckpoint, onError }),
    new RepeatedTask({ name: 'send_webhooks', everyMs: SEND_WEBHOOKS_EVERY_MS, run: sendWebhooks, onError }),
    new RepeatedTask({
      name: 'sweep_webhooks',
      everyMs: SWEEP_WEBHOOKS_EVERY_MS,
      run: () => services.webhookSender.sweep(),
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
    // Streams end by nobody's request: without this the drain would wait for them.
    push.streams.close();
    const { cutOff } = await server.drain(config.shutdownMsMax);
    if (cutOff > 0) logger.warn({ cutOff }, 'requests were cut off');
    for (const task of tasks) await task.stop();
    await services.webhookSender.stop();
    await pumpEvents().catch((error: unknown) => onTrouble('the last events stay in the stream', error));
    await keepFallback().catch((error: unknown) =>
      onTrouble('answers given without the ledger are on no record', error),
    );
    await followLog().catch((error: unknown) => onTrouble('projections are made at the next start', error));
    await parts.bus.close();
    await ledger.close();
    await database.close();
    stopMeasuring();
    load.stop();
    await telemetry.close();
  };
  let stopped: Promise<void> | null = null;
  return {
    baseUrl,
    stop: () => (stopped ??= stop()),
  };
}

/** The process: settings from the environment, and the workers or the one gateway. */
async function run({ workers }: ServeOptions): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const link = WorkerLink.open();
  if (link !== null || workers === 1) return runOne(config, logger, link);
  assertShareable(config);
  for (const name of findUnknownSettings(process.env)) logger.warn({ name }, 'a setting that is not known');
  const pool = new WorkerPool({
    count: workers,
    shutdownMsMax: config.shutdownMsMax,
    onReady: (lines) => console.log([...lines, `  workers    ${workers}`].join('\n')),
    onTrouble: (what, details) => logger.error(details, what),
  });
  onEndAsked(() => pool.stop());
  process.exit(await pool.run());
}

/** Calls back on SIGTERM or SIGINT; a second signal ends the process at once. */
function onEndAsked(end: () => void): void {
  let askedAtMs: number | null = null;
  const onSignal = () => {
    if (askedAtMs !== null && performance.now() - askedAtMs > SIGNAL_ECHO_MS) process.exit(1);
    askedAtMs ??= performance.now();
    end();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

async function runOne(config: Config, logger: Logger, link: WorkerLink | null): Promise<void> {
  if (link === null) {
    for (const name of findUnknownSettings(process.env)) logger.warn({ name }, 'a setting that is not known');
  }
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  onEndAsked(() => end(0));
  const opened = await openParts(config, logger, (error) => {
    logger.fatal({ err: error }, 'the books cannot be kept any longer');
    end(1);
  });
  const parts = link === null ? opened : { ...opened, workerLink: link };
  const gateway = await startGateway(config, parts).catch(async (error: unknown) => {
    await Promise.allSettled([parts.ledger.close(), parts.database.close()]);
    throw error;
  });
  const lines = describeStart(config, parts, gateway);
  if (link === null) console.log(lines.join('\n'));
  else link.tellReady(lines);
  const code = await ended;
  await gateway.stop();
  process.exit(code);
}

function describeStart(config: Config, { database, ledger }: Parts, { baseUrl }: Gateway): readonly string[] {
  return [
    `playgate is ready at ${baseUrl}`,
    ...(config.demo ? [`  demo       ${baseUrl}/demo  (keys in ${path.join(config.dataDir, 'demo.json')})`] : []),
    `  reference  ${baseUrl}/docs`,
    `  books      ${ledger.description}`,
    `  database   ${database.kind === 'embedded' ? `PostgreSQL, embedded in ${config.dataDir}` : 'PostgreSQL at DATABASE_URL'}`,
    `  data       ${config.dataDir}`,
  ];
}

/** The port or the data directory is another process's: the message says which. */
function isBusy(error: unknown): error is Error {
  const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return isPortTaken || error instanceof DataDirectoryLockedError;
}

const nodeProblem = nodeProblemOf(process.versions.node);
if (nodeProblem !== null && isStarted(import.meta.url, process.argv[1])) {
  console.error(nodeProblem);
  process.exit(EXIT_CODES.unreachable);
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
    // It has told what is wrong, or what was asked of it.
    if (error instanceof CommanderError) process.exit(exitCodeOf(error));
    const isForOperator =
      error instanceof ConfigError ||
      error instanceof CommandError ||
      error instanceof PolicyChangedError ||
      isBusy(error);
    console.error(isForOperator ? `playgate: ${error.message}` : error);
    process.exit(error instanceof CommandError ? error.exitCode : EXIT_CODES.no);
  });
}
