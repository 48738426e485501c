// What the page asks of the gateway, with the token of the link.
import type { GuardianRulesReply, GuardianRulesRequest, PlaytimeReply } from '@playgate/contract/wire';
import type { LinkToken } from './link-token.ts';

/** `code` of the problem document, or `unreachable`. */
export class GuardianApiError extends Error {
  override readonly name = 'GuardianApiError';
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** Every method throws a GuardianApiError. */
export class GuardianApi {
  readonly #link: LinkToken;

  constructor(link: LinkToken) {
    this.#link = link;
  }

  readRules(): Promise<GuardianRulesReply> {
    return this.#ask('guardian-rules');
  }

  setRules(rules: GuardianRulesRequest): Promise<GuardianRulesReply> {
    return this.#ask('guardian-rules', rules);
  }

  readDay(): Promise<PlaytimeReply> {
    return this.#ask('playtime');
  }

  async #ask<Reply>(what: string, body?: unknown): Promise<Reply> {
    const { playerId, token } = this.#link;
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const put = body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) };
    let response: Response;
    let reply: unknown;
    try {
      response = await fetch(`/v1/players/${encodeURIComponent(playerId)}/${what}`, { headers, ...put });
      reply = await response.json();
    } catch (cause) {
      throw new GuardianApiError('unreachable', { cause });
    }
    if (!response.ok) throw new GuardianApiError((reply as { code?: string }).code ?? String(response.status));
    return reply as Reply;
  }
}
