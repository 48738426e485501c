import type { EventPump } from './event-pump.ts';
import type { FollowerRunner } from './follower-runner.ts';
import { RECORD_CATCH_UP_MS, type Record } from './record.ts';

/** How soon it is looked again whether another gateway, which is at a partition or follower, has gone on. */
const LOOK_AGAIN_MS = 20;

export interface LiveRecordPorts {
  readonly pump: Pick<EventPump, 'drain'>;
  readonly followers: Pick<FollowerRunner, 'run'>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Pumps and follows at once when somebody wants to read. */
export class LiveRecord implements Record {
  readonly #ports: LiveRecordPorts;

  constructor(ports: LiveRecordPorts) {
    this.#ports = ports;
  }

  async catchUp(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = performance.now() + RECORD_CATCH_UP_MS;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RECORD_CATCH_UP_MS);
    });
    await Promise.race([this.#bring(deadline), late]);
    clearTimeout(timer);
  }

  async #bring(deadline: number): Promise<void> {
    const { followers, onTrouble, pump } = this.#ports;
    try {
      await until(deadline, async () => !(await pump.drain()).isShared);
    } catch (error) {
      onTrouble('a reader sees the record without the last events', error);
    }
    try {
      await until(deadline, () => followers.run());
    } catch (error) {
      onTrouble('a reader sees the record as it was', error);
    }
  }
}

async function until(deadline: number, isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone()) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
