// Lets play pass in a page: the clock of the gateway's sandbox and that of the page move on together.
import type { Page } from 'playwright-core';
import { AnsweredRequests } from './answered-requests.ts';
import type { SandboxGateway } from './sandbox-gateway.ts';

/** Shorter than any heartbeat interval of the policies that ship. */
const STEP_MS = 10_000;

export class PlayedPage {
  readonly #page: Page;
  readonly #gateway: SandboxGateway;
  readonly #requests: AnsweredRequests;

  private constructor(page: Page, gateway: SandboxGateway) {
    this.#page = page;
    this.#gateway = gateway;
    this.#requests = new AnsweredRequests(page);
  }

  /** Before the page is opened. */
  static async of(page: Page, gateway: SandboxGateway): Promise<PlayedPage> {
    await page.clock.install();
    return new PlayedPage(page, gateway);
  }

  /** As if that much time went by, in steps; heartbeats are answered before the next one. */
  async playOn(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
      const stepMs = Math.min(STEP_MS, ms - passedMs);
      await this.#gateway.advanceClock(stepMs);
      await this.#page.clock.fastForward(stepMs);
      await this.#requests.answered();
    }
  }
}
