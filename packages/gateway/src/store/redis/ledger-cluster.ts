// The client of a Redis Cluster, made to fail as fast as that of one Redis: of what a node may answer it follows only MOVED.
//
// ASK is not followed, which a newcomer would get wrong. The scripts build the keys of days from the session, so a node that is
// taking over a slot could be sent to with the session there and the day not yet: it would begin an empty day. While a slot
// moves, the node it leaves goes on answering for whoever is still whole there, and refuses the others before it writes.
import { Cluster, type ClusterOptions } from 'ioredis';
import type { RedisNode } from './redis-url.ts';

/** Replies are mapped as the client does it by itself. */
type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;
type Handlers = Parameters<Cluster['handleError']>[2];

/** A failover is seen after this at the latest, without anybody sending anything. */
const SLOTS_REFRESH_MS = 500;
/** A node that hangs must not hold up what the others know. */
const SLOTS_REFRESH_MS_MAX = 300;
/** Following a slot through two owners is already rare. */
const REDIRECTIONS_MAX = 4;
const RECONNECT_DELAY_MS_MAX = 500;

export class LedgerCluster extends Cluster {
  constructor(
    nodes: readonly RedisNode[],
    { redisOptions, scripts }: { readonly redisOptions: NodeOptions; readonly scripts: ClusterOptions['scripts'] },
  ) {
    super([...nodes], {
      redisOptions,
      scripts,
      lazyConnect: true,
      enableOfflineQueue: false,
      // A cluster that has lost a shard serves the others.
      enableReadyCheck: false,
      maxRedirections: REDIRECTIONS_MAX,
      slotsRefreshInterval: SLOTS_REFRESH_MS,
      slotsRefreshTimeout: SLOTS_REFRESH_MS_MAX,
      clusterRetryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_DELAY_MS_MAX),
    });
    // Connected before it is needed: a command for a node that is only just connecting is refused, and a replica that is
    // promoted has a connection already.
    this.on('+node', (node: { status: string; connect(): Promise<void> }) => {
      setImmediate(() => {
        if (node.status === 'wait') node.connect().catch(() => undefined);
      });
    });
    this.on('-node', () => {
      if (this.status === 'ready') this.refreshSlotsCache();
    });
  }

  /** The outcome of anything else than MOVED is the caller's to judge, who sends a heartbeat again under the same number. */
  override handleError(error: Error, ttl: { value?: number }, handlers: Handlers): void {
    if (error.message.startsWith('MOVED ')) super.handleError(error, ttl, handlers);
    else handlers.defaults();
  }
}
