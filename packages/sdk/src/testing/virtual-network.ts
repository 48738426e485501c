// What lies between a device and the gateway, for tests: up, down, silent, slow.
import { ConnectionError } from '../errors.ts';
import type { Platform, PlatformRequest, PlatformResponse } from '../platform/platform.ts';
import type { VirtualTime } from './virtual-time.ts';

/** `down`: requests fail at once. `silent`: they are never answered, and do not arrive. */
export type NetworkState = 'up' | 'down' | 'silent';

export interface SentRequest {
  readonly url: string;
  readonly at: number;
  readonly request: PlatformRequest;
}

export class VirtualNetwork {
  state: NetworkState = 'up';
  /** Virtual milliseconds from a request to its answer. */
  delayMs = 0;
  /** Every request that was sent, also those that got lost. */
  readonly sent: SentRequest[] = [];
  readonly #time: VirtualTime;
  readonly #deliver: Platform['fetch'];
  #answersToLose = 0;

  constructor(time: VirtualTime, deliver: Platform['fetch']) {
    this.#time = time;
    this.#deliver = deliver;
  }

  cut(): void {
    this.state = 'down';
  }

  restore(): void {
    this.state = 'up';
  }

  /** The next requests arrive and are carried out, and their answers get lost. */
  loseAnswers(count: number): void {
    this.#answersToLose = count;
  }

  async fetch(url: string, request: PlatformRequest): Promise<PlatformResponse> {
    this.sent.push({ url, request, at: this.#time.now });
    if (this.state === 'silent') return new Promise(() => {});
    if (this.state === 'down') throw lost();
    const answer = await this.#time.hold(this.#exchange(url, request));
    if (this.delayMs > 0) await new Promise<void>((resolve) => void this.#time.setTimer(resolve, this.delayMs));
    if (this.#answersToLose === 0) return answer;
    this.#answersToLose -= 1;
    throw lost();
  }

  /** The whole answer: what would come later would come in real time. */
  async #exchange(url: string, request: PlatformRequest): Promise<PlatformResponse> {
    const { signal: _unused, ...sent } = request;
    const { status, headers, text } = await readWhole(await this.#deliver(url, sent));
    return { status, headers, text: async () => text };
  }
}

async function readWhole(response: PlatformResponse) {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function lost(): ConnectionError {
  return new ConnectionError('unreachable', 'the virtual network is cut');
}
