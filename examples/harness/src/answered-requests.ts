// Which of a page's heartbeats and closes are on their way: time is moved on once they are answered.
import type { Page, Request } from 'playwright-core';

const AWAITED = /\/v1\/sessions(\/[^/]+\/(heartbeats|close))?$/;

export class AnsweredRequests {
  readonly #underWay = new Map<Request, Promise<unknown>>();

  constructor(page: Page) {
    page.on('request', (request) => {
      if (!AWAITED.test(request.url()) || request.method() !== 'POST') return;
      const settled = request.response().catch(() => null);
      this.#underWay.set(request, settled);
      void settled.then(() => this.#underWay.delete(request));
    });
  }

  async answered(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }
}
