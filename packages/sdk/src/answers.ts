// The parts of the gateway's answers that the game gets to see, spelled out so that the published types need no
// schema library. answers.test.ts holds them equal to the contract.
import type { BindingRule, DecisionSource, LocalizedText, Rating, RefusalReason } from '@playgate/policy';

export type { BindingRule, DecisionSource, EndReason, LocalizedText, Rating, RefusalReason } from '@playgate/policy';

/** Play of the calendar day in ms: this game, and all games of the provider. */
export interface UsedToday {
  readonly gameMs: number;
  readonly providerMs: number;
}

/** The gateway's refusal of a start. */
export interface RefusedStart {
  readonly verdict: 'denied';
  readonly reason: RefusalReason;
  readonly bindingRule: BindingRule | null;
  /** First instant at which time alone lifts the refusal, RFC 3339; null: time does not. */
  readonly nextAllowedAt: string | null;
  /** Sessions in the way of this one. */
  readonly conflicts: readonly { readonly sessionId: string; readonly gameId: string }[];
  readonly message: LocalizedText;
  readonly serverAt: string;
  readonly source: DecisionSource;
  readonly used?: UsedToday | undefined;
  readonly rating?: Rating | undefined;
  readonly policy?: { readonly id: string; readonly version: number; readonly hash: string } | undefined;
}
