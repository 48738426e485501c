// Times every command of a Redis client, and tells how many heartbeats shared a script call. It changes nothing. Wrapped
// here is the one method through which the client sends whatever it sends.
import { SpanKind } from '@opentelemetry/api';
import type { Cluster, Redis } from 'ioredis';
import type { GatewayMetrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

type SendCommand = Cluster['sendCommand'];
type Command = Parameters<SendCommand>[0];
/** A cluster is also told the node, for commands that belong together. */
type RestOfSend = Parameters<SendCommand> extends [unknown, ...infer Rest] ? Rest : never;

export interface RedisWatch {
  readonly metrics: Pick<GatewayMetrics, 'batchSent' | 'redisAnswered'>;
  readonly tracing: Pick<Tracing, 'startChild'>;
  /** Names of the scripts by their SHA-1, as commands carry it. */
  readonly scripts: ReadonlyMap<string, string>;
}

export function measureRedis(
  redis: Pick<Cluster, 'sendCommand'> | Pick<Redis, 'sendCommand'>,
  watch: RedisWatch,
): void {
  const send: SendCommand = redis.sendCommand.bind(redis);
  redis.sendCommand = (command: Command, ...rest: RestOfSend) => {
    const startedAt = performance.now();
    const name = nameOf(command, watch.scripts);
    const span = watch.tracing.startChild(`redis ${name}`, SpanKind.CLIENT);
    if (name === 'record_heartbeats') {
      const heartbeats = Number(command.args[1]);
      watch.metrics.batchSent(heartbeats);
      span?.setAttribute('playgate.batch.heartbeats', heartbeats);
    }
    const done = () => {
      watch.metrics.redisAnswered(name, performance.now() - startedAt);
      span?.end();
    };
    // Whoever sent the command hears of its failure; this is only told when it is over.
    command.promise.then(done, done);
    return send(command, ...rest);
  };
}

function nameOf({ args, name }: Command, scripts: RedisWatch['scripts']): string {
  return name === 'evalsha' ? (scripts.get(String(args[0])) ?? 'evalsha') : name;
}
