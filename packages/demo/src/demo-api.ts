// What the page asks of the demo's own routes; they stand in for a game provider's server.
import type { AgeBand, LocalizedText, PlaytimeReply, Rating, VerificationOutcome } from '@playgate/contract/wire';

export interface DemoTime {
  /** RFC 3339. */
  readonly now: string;
  readonly mode: 'real' | 'running' | 'frozen';
}

export interface DemoGame {
  readonly gameId: string;
  readonly title: string;
  readonly rating: Rating;
}

export interface DemoPlayer {
  readonly playerRef: string;
  readonly note: string;
  readonly age: number;
  readonly outcome: VerificationOutcome;
  readonly ageBand: AgeBand | null;
}

export interface DemoRule {
  readonly id: string;
  readonly limitMs: number | null;
  readonly cite: string | null;
  readonly text?: LocalizedText;
}

export interface DemoState extends DemoTime {
  readonly zone: string;
  readonly publishableKey: string;
  readonly games: readonly DemoGame[];
  readonly players: readonly DemoPlayer[];
  readonly rules: readonly DemoRule[];
}

export interface AgeTokenReply {
  readonly outcome: VerificationOutcome;
  readonly ageToken: string | null;
  readonly ageTokenExpiresAt: string | null;
}

export type ClockChange =
  | { readonly advanceMs: number }
  | { readonly at: string }
  | { readonly real: true }
  | { readonly run: true };

/** `code` of the problem document, or `unreachable`. */
export class DemoApiError extends Error {
  override readonly name = 'DemoApiError';
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

export const fetchState = () => ask<DemoState>('state');
export const fetchAgeToken = (playerRef: string) => ask<AgeTokenReply>('age-token', { playerRef });
export const changeClock = (change: ClockChange) => ask<DemoTime>('clock', change);
export const fetchPlaytime = (playerRef: string) =>
  ask<PlaytimeReply>(`playtime?playerRef=${encodeURIComponent(playerRef)}`);

/** Throws a DemoApiError. */
async function ask<Reply>(path: string, body?: unknown): Promise<Reply> {
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  let response: Response;
  let reply: unknown;
  try {
    response = await fetch(`/demo/api/${path}`, body === undefined ? {} : post);
    reply = await response.json();
  } catch (cause) {
    throw new DemoApiError('unreachable', { cause });
  }
  if (!response.ok) throw new DemoApiError((reply as { code?: string }).code ?? String(response.status));
  return reply as Reply;
}
