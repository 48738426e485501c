import type { EventPump } from './event-pump.ts';
import type { FollowerRunner } from './follower-runner.ts';
import { RECORD_CATCH_UP_MS, type Record } from './record.ts';

/** How soon it is looked again whether another gateway, which is at a partition or follower, has gone on. */
const LOOK_AGAIN_MS = 20;

export interface LiveRecordPorts {
  readonly pump: Pick<EventPump, 'drain'>;
  readonly followers: Pick<FollowerRunner, 'behind' | 'run'>;
  /** Name of the follower that reports are made of. */
  readonly projector: string;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Pumps and follows at once when somebody wants to read. */
export class LiveRecord implements Record {
  readonly #ports: LiveRecordPorts;

  constructor(ports: LiveRecordPorts) {
    this.#ports = ports;
  }

  async catchUp(): Promise<boolean> {
    const reached = { isPumped: false, isProjected: false };
    let timer: NodeJS.Timeout | undefined;
    const deadline = performance.now() + RECORD_CATCH_UP_MS;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RECORD_CATCH_UP_MS);
    });
    await Promise.race([this.#bring(deadline, reached), late]);
    clearTimeout(timer);
    return reached.isPumped && reached.isProjected;
  }

  async #bring(deadline: number, reached: { isPumped: boolean; isProjected: boolean }): Promise<void> {
    const { followers, onTrouble, projector, pump } = this.#ports;
    try {
      let left: ReadonlySet<string> | null = null;
      reached.isPumped = await until(deadline, async () => {
        const { shared } = await pump.drain();
        // It is enough to have been alone at each of them once.
        left = new Set(shared.filter((partition) => left?.has(partition) ?? true));
        return left.size === 0;
      });
    } catch (error) {
      onTrouble('a reader sees the record without the last events', error);
    }
    try {
      await until(deadline, async () => {
        const isThere = await followers.run();
        reached.isProjected = !followers.behind.has(projector);
        return isThere;
      });
    } catch (error) {
      onTrouble('a reader sees the record as it was', error);
    }
  }
}

async function until(deadline: number, isDone: () => Promise<boolean>): Promise<boolean> {
  while (!(await isDone())) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return true;
}
