import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { ChangeBus } from './directory/change-bus.ts';
import type { LoadSource } from './load/load-gauge.ts';
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
  /** The machine's time of day: for what is agreed on with the world outside. */
  readonly clock: Clock;
  /** The time of live worlds and of the books, which never goes back. Default: `clock`. */
  readonly steadyClock?: Clock;
  readonly logger: Logger;
  /** Takes the spans in place of a collector. */
  readonly traceTo?: SpanExporter;
  /** Default: a gauge of this process. */
  readonly load?: LoadSource;
  /** To the pool this process is a worker of. */
  readonly workerLink?: WorkerLink;
}
