import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { ChangeBus } from './directory/change-bus.ts';
import type { Policies } from './load-policies.ts';
import type { Ledger } from './open-ledger.ts';
import type { LiveSecrets } from './store/sql/live-secrets.ts';
import type { Database } from './store/sql/open-database.ts';
import type { Secrets } from './store/sql/secrets.ts';
import type { WorkerLink } from './workers/worker-link.ts';

/** What a gateway stands on; tests bring their own. */
export interface Parts {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly bus: ChangeBus;
  /** Those of a running deployment follow their file. */
  readonly secrets: Secrets & Partial<Pick<LiveSecrets, 'reload'>>;
  readonly adminToken: string;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes the spans in place of a collector. */
  readonly traceTo?: SpanExporter;
  /** To the pool this process is a worker of. */
  readonly workerLink?: WorkerLink;
}
