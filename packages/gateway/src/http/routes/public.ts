import { buildOpenApiDocument } from '@playgate/contract';
import type { Clock } from '../../clock.ts';
import type { AgeTokens } from '../../directory/tokens.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import { DOCS_PAGE } from '../docs-page.ts';
import type { HandlersOf } from '../handler.ts';

export interface PublicPorts {
  readonly store: Pick<SessionStore, 'checkReady'>;
  readonly storeKind: 'redis' | 'memory';
  readonly database: { ping(): Promise<void> };
  readonly ageTokens: Pick<AgeTokens, 'jwks'>;
  readonly clock: Clock;
  /** Prometheus text format. */
  readonly renderMetrics: () => Promise<string>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

type PublicOperation = 'getHealth' | 'getReadiness' | 'getMetrics' | 'getOpenapi' | 'getDocs' | 'getJwks';

export function publicRoutes(ports: PublicPorts): HandlersOf<PublicOperation> {
  let document: ReturnType<typeof buildOpenApiDocument> | undefined;
  return {
    getHealth: async () => ({ status: 200, body: { status: 'ok' } }),
    getReadiness: async () => {
      const body = { checks: await runChecks(ports), store: ports.storeKind };
      const isReady = Object.values(body.checks).every((check) => check === 'ok');
      return isReady ? { status: 200, body } : { status: 503, body };
    },
    getMetrics: async () => ({ status: 200, body: await ports.renderMetrics() }),
    getOpenapi: async () => {
      document ??= buildOpenApiDocument({ serverUrl: '/' });
      return { status: 200, body: document };
    },
    getDocs: async () => ({ status: 200, body: DOCS_PAGE }),
    getJwks: async () => ({ status: 200, body: await readJwks(ports.ageTokens) }),
  };
}

/** Open to anybody, so it says that something is wrong; what exactly goes to the log. */
async function runChecks({ store, database, clock, onTrouble }: PublicPorts) {
  const [ledger, databaseCheck] = await Promise.all([
    store.checkReady(clock.now()),
    database.ping().then(
      () => 'ok',
      (error: unknown) => {
        onTrouble('readiness: the database', error);
        return 'does not answer';
      },
    ),
  ]);
  if (ledger.store !== 'ok') onTrouble('readiness: the store', new Error(ledger.store));
  return { redis: ledger.store === 'ok' ? 'ok' : 'does not answer', database: databaseCheck, clock: ledger.clock };
}

async function readJwks(ageTokens: PublicPorts['ageTokens']) {
  const { keys } = await ageTokens.jwks();
  return { keys: keys as { readonly kty: string; readonly kid: string }[] };
}
