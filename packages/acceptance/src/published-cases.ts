// The published cases, as data: what must happen, by which rule, on whose word. docs/testing.md lists them.

export interface PublishedCase {
  readonly id: string;
  readonly title: string;
  /** What must happen. */
  readonly must: string;
  /** Of the policy `vn-147-2024`, or of the contract. */
  readonly rule: string;
  readonly cite: string;
  /** What the suite has to be given for it; without it the case is skipped, and the certificate says so. */
  readonly needs?: 'stationToken';
}

const DAY_LIMIT = 'Decree 147/2024/ND-CP art. 39.1(e) (G1) and 48.1(e) (G2 to G4)';
const NOTICE = 'Decree 147/2024/ND-CP art. 39.1(g)';
const RATING = 'Decree 147/2024/ND-CP art. 38.1 and 39.1(g)';
const ACCOUNT = 'Decree 147/2024/ND-CP art. 39.1(đ)';
const CONTRACT = 'docs/protocol.md';

export const PUBLISHED_CASES = [
  {
    id: 'start_allowed',
    title: 'A verified minor with time left plays',
    must: 'The game is playing and shows no refusal.',
    rule: 'game-day',
    cite: DAY_LIMIT,
  },
  {
    id: 'rating_shown',
    title: 'The age rating is on the screen while one plays',
    must: 'The rating of the game is shown at the start and a minute later.',
    rule: 'rating',
    cite: RATING,
  },
  {
    id: 'warning_shown',
    title: 'Time running out is told in advance',
    must: 'A warning is shown when the time left falls below the smallest step of the policy.',
    rule: 'warningsMs',
    cite: CONTRACT,
  },
  {
    id: 'notice_shown',
    title: 'The health notice comes after 30 minutes of play',
    must: 'The notice is shown with the policy’s exact Vietnamese sentence; a translation may stand beside it.',
    rule: 'health-180',
    cite: NOTICE,
  },
  {
    id: 'adult_notice',
    title: 'The health notice is for adults too',
    must: 'An adult plays on without a limit and is shown the same sentence after 30 minutes.',
    rule: 'health-180',
    cite: NOTICE,
  },
  {
    id: 'limit_end',
    title: 'Play ends at the limit',
    must: 'The player is told to save, play stops at the limit and not more than 5 s late, and the reason is shown.',
    rule: 'game-day',
    cite: DAY_LIMIT,
  },
  {
    id: 'denial_shown',
    title: 'No second start on a day that is used up',
    must: 'The game does not start and shows why.',
    rule: 'game-day',
    cite: DAY_LIMIT,
  },
  {
    id: 'unverified_denied',
    title: 'Only verified accounts play',
    must: 'A player without an age token does not play and is shown why.',
    rule: 'identity',
    cite: ACCOUNT,
  },
  {
    id: 'rating_denied',
    title: 'A game rated above the player’s age is refused',
    must: 'The game does not start and shows that the rating is the reason.',
    rule: 'rating',
    cite: RATING,
  },
  {
    id: 'midnight',
    title: 'Midnight is a new day',
    must: 'A session that runs over midnight with a minute left before it goes on, with the new day’s time.',
    rule: 'game-day',
    cite: DAY_LIMIT,
  },
  {
    id: 'offline_short',
    title: 'A short outage ends nothing',
    must: 'Play goes on over 20 s without the gateway, and all of it is counted.',
    rule: 'heartbeat',
    cite: CONTRACT,
  },
  {
    id: 'offline_lease',
    title: 'A long outage ends play with the lease',
    must: 'Without the gateway, play stops when the lease is over, neither earlier nor more than 5 s late.',
    rule: 'heartbeat',
    cite: CONTRACT,
  },
  {
    id: 'two_devices',
    title: 'Two devices share one day',
    must: 'Play at once on two devices counts once, and ends on both at the limit.',
    rule: 'game-day',
    cite: DAY_LIMIT,
  },
  {
    id: 'quit_closes',
    title: 'Leaving ends the count',
    must: 'The exit of the game closes the session at the gateway; nothing counts after it.',
    rule: 'game-day',
    cite: CONTRACT,
  },
  {
    id: 'agent_closed',
    title: 'An internet café closes at 22:00',
    must: 'At a seat of an agent play ends at closing time, and a later start is refused for that reason.',
    rule: 'agent',
    cite: 'Decree 174/2026/ND-CP art. 100.3(đ)',
    needs: 'stationToken',
  },
] as const satisfies readonly PublishedCase[];

export type CaseId = (typeof PUBLISHED_CASES)[number]['id'];
