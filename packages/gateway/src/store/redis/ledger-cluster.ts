// The client of a Redis Cluster, made to fail as fast as that of one Redis: of what a node may answer it follows only MOVED.
//
// ASK is not followed, which a newcomer would get wrong. The scripts build the keys of days from the session, and a node that is
// taking over a slot may have the session already and the day not yet. While a slot moves, the node it leaves goes on answering
// for whoever is still whole there; it refuses the others when their day is read, which is before anything is written.
import { Cluster, type ClusterOptions, type Redis } from 'ioredis';
import { limitCommands } from './limit-commands.ts';
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

export interface LedgerClusterOptions {
  readonly answerMsMax: number;
  readonly redisOptions: NodeOptions;
  readonly scripts: ClusterOptions['scripts'];
}

export class LedgerCluster extends Cluster {
  constructor(nodes: readonly RedisNode[], { answerMsMax, redisOptions, scripts }: LedgerClusterOptions) {
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
    this.on('+node', (node: Redis) => limitCommands(node, { answerMsMax }));
    // Connected before it is needed: a command for a node that is only just connecting is refused, and a replica that is
    // promoted has a connection already.
    this.on('+node', (node: Redis) => setImmediate(() => void readyOf(node)));
    this.on('-node', () => {
      if (this.status === 'ready') this.refreshSlotsCache();
    });
  }

  /** Until every primary that can be reached is. */
  override async connect(): Promise<void> {
    await super.connect();
    await Promise.all(this.nodes('master').map(readyOf));
  }

  /** The outcome of anything else than MOVED is the caller's to judge, who sends a heartbeat again under the same number. */
  override handleError(error: Error, ttl: { value?: number }, handlers: Handlers): void {
    if (error.message.startsWith('MOVED ')) super.handleError(error, ttl, handlers);
    else handlers.defaults();
  }
}

/** Resolves when a node is connected, or is not to be reached. */
async function readyOf(node: Redis): Promise<void> {
  if (node.status === 'ready' || node.status === 'end') return;
  if (node.status === 'wait') {
    await node.connect().catch(() => undefined);
    return;
  }
  await new Promise<void>((resolve) => {
    node.once('ready', resolve).once('end', resolve);
  });
}
