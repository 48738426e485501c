// What waits in the streams of Redis to be moved into SQL.
import { Redis } from 'ioredis';
import { PARTITIONS_DEFAULT, partitionName, streamKey } from '../../../packages/gateway/src/store/redis/keys.ts';

const POLL_MS = 50;

type Entry = readonly [id: string, fields: readonly string[]];

/** Of one Redis with the default number of partitions. */
export class Backlog implements Disposable {
  readonly #redis: Redis;
  readonly #streams = Array.from({ length: PARTITIONS_DEFAULT }, (_, index) => streamKey(partitionName(index)));

  constructor(redisUrl: string) {
    this.#redis = new Redis(redisUrl);
  }

  async waiting(): Promise<number> {
    const lengths = await Promise.all(this.#streams.map((stream) => this.#redis.xlen(stream)));
    return lengths.reduce((total, length) => total + length, 0);
  }

  /** Milliseconds until all that waits now has left the streams, whatever has come since; null after `msMax`. */
  async msUntilMoved(msMax: number): Promise<number | null> {
    const startedAt = performance.now();
    const newest = await Promise.all(
      this.#streams.map((stream) => this.#redis.xrevrange(stream, '+', '-', 'COUNT', 1)),
    );
    let left = this.#streams.flatMap((stream, index) => {
      const [entry] = newest[index] as Entry[];
      return entry === undefined ? [] : [{ stream, until: entry[0] }];
    });
    for (;;) {
      const counts = await Promise.all(left.map(({ stream, until }) => this.#holds(stream, until)));
      left = left.filter((_, index) => counts[index]);
      if (left.length === 0) return performance.now() - startedAt;
      if (performance.now() - startedAt > msMax) return null;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #holds(stream: string, until: string): Promise<boolean> {
    return (await this.#redis.xrange(stream, '-', until, 'COUNT', 1)).length > 0;
  }

  [Symbol.dispose](): void {
    this.#redis.disconnect();
  }
}
