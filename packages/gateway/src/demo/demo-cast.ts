// Who and what the demo is played with.
import { type CalendarDate, dateOfEpochDay, epochDayOf } from '@playgate/policy';
import type { Game } from '../directory/directory.ts';
import type { AttestedRequest } from '../verification/age-verifier.ts';

export const DEMO_PROVIDER_NAME = 'Playgate demo';

type DemoGame = Omit<Game, 'policyId'>;

/** Three that a 17-year-old uses the day of the provider up with, and one more to be refused. */
export const DEMO_GAMES: readonly DemoGame[] = [
  { gameId: 'dua-thuyen-rong', title: 'Đua thuyền rồng', class: 'G1', rating: '00+' },
  { gameId: 'san-sao-trung-thu', title: 'Săn sao Trung thu', class: 'G4', rating: '00+' },
  { gameId: 'bi-mat-co-loa', title: 'Bí mật Cổ Loa', class: 'G1', rating: '12+' },
  { gameId: 'kiem-khach-tay-son', title: 'Kiếm khách Tây Sơn', class: 'G1', rating: '16+' },
];

export interface DemoPlayer {
  readonly playerRef: string;
  readonly note: string;
  readonly age: number;
  /** E.164; of the guardian where there is one. */
  readonly phone: string;
  readonly hasGuardian: boolean;
}

export const DEMO_PLAYERS: readonly DemoPlayer[] = [
  { playerRef: 'bao-11', note: '11 years, with guardian', age: 11, phone: '+84900000011', hasGuardian: true },
  { playerRef: 'an-15', note: '15 years, with guardian', age: 15, phone: '+84900000015', hasGuardian: true },
  { playerRef: 'linh-17', note: '17 years', age: 17, phone: '+84900000017', hasGuardian: false },
  { playerRef: 'hung-30', note: '30 years, adult', age: 30, phone: '+84900000030', hasGuardian: false },
  { playerRef: 'minh-15', note: '15 years, without guardian', age: 15, phone: '+84900000051', hasGuardian: false },
];

const YEAR_DAYS = 365.2425;
/** Any day in the past will do. */
const CONSENTED_AT = '2026-01-01T00:00:00+07:00';

/** What the provider's server would send for this player, who is half a year from any birthday on the day `today`. */
export function attestedRequestOf(player: DemoPlayer, today: CalendarDate): AttestedRequest {
  const { age, hasGuardian, phone, playerRef } = player;
  return {
    playerRef,
    method: 'attested',
    birthDate: dateOfEpochDay(epochDayOf(today) - Math.round((age + 0.5) * YEAR_DAYS)),
    phone,
    phoneVerified: true,
    ...(hasGuardian && { guardian: { relationship: 'parent', phone, consentedAt: CONSENTED_AT } }),
  };
}
