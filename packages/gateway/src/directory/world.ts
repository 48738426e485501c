/** Test and live never see each other's players; only a test world's clock can be moved. */
export const MODES = ['test', 'live'] as const;
export type Mode = (typeof MODES)[number];

/** One tenant's data of one mode. Everything below a provider is keyed by it. */
export interface World {
  readonly providerId: string;
  readonly mode: Mode;
}
