// A gateway for tests, in the process of whoever starts it: nothing is kept, and its time is handed in.
import { randomBytes } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import { readConfig } from './config.ts';
import { loadPolicies } from './load-policies.ts';
import { startGateway } from './main.ts';
import type { Ledger } from './open-ledger.ts';
import { LocalChangeBus } from './store/memory/local-change-bus.ts';
import { MemorySessionStore } from './store/memory/memory-session-store.ts';
import { openDatabase } from './store/sql/open-database.ts';
import { SECRET_BYTES } from './store/sql/secrets.ts';
import { createLogger } from './telemetry/logger.ts';

const MASTER_KEY_ID = '00000001';
const TOKEN_BYTES = 24;

export interface LocalGatewayOptions {
  /** Default: real time. */
  readonly now?: () => Instant;
  /** Settings as in docs/operations.md, by name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Path of a dump of an empty database to start from; default: the one of the build, and without it seconds go by. */
  readonly databaseTemplate?: string | undefined;
}

export interface LocalGateway {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly adminToken: string;
  stop(): Promise<void>;
}

/** Listens on a free port of this machine. */
export async function startLocalGateway(options: LocalGatewayOptions = {}): Promise<LocalGateway> {
  const { now = Date.now, env = {}, databaseTemplate } = options;
  const clock = { now };
  // How busy the machine of a test is decides no test.
  const quiet = { PLAYGATE_DEMO: 'off', PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_SHED_LOAD: 'off' };
  const config = readConfig({ PORT: '0', ...quiet, ...env });
  const adminToken = randomBytes(TOKEN_BYTES).toString('base64url');
  const database = await openDatabase({ inMemory: true, templatePath: databaseTemplate });
  try {
    const gateway = await startGateway(config, {
      clock,
      database,
      adminToken,
      ledger: openMemoryLedger(new MemorySessionStore(clock)),
      bus: new LocalChangeBus(),
      secrets: {
        masterKeys: [{ id: MASTER_KEY_ID, key: randomBytes(SECRET_BYTES) }],
        pepper: randomBytes(SECRET_BYTES),
      },
      policies: await loadPolicies(config.policyId, config.policyDir),
      logger: createLogger(config.logLevel),
    });
    return { baseUrl: gateway.baseUrl, adminToken, stop: () => gateway.stop() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openMemoryLedger(store: MemorySessionStore): Ledger {
  const description = 'memory';
  return { store, kind: 'memory', redis: null, description, flush: async () => {}, close: () => store.close() };
}
