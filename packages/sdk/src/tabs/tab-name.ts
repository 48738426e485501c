// Which tabs belong together: those of one game of one provider in which the same player sits at the same seat.
import { playerOf } from '../player-of.ts';

/** What tabs must have in common; an age token is replaced now and then, its subject is not. */
export interface Seat {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  readonly ageToken: string | null;
  readonly stationToken?: string | undefined;
}

/** 64 bits: two players of one device will not meet, and no player can be read off it. */
function hash(text: string): string {
  const over = (prime: number) => {
    let sum = prime;
    for (const character of text) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), prime);
    return (sum >>> 0).toString(36);
  };
  return `${over(16_777_619)}.${over(2_246_822_519)}`;
}

export function tabNameOf(seat: Seat): string {
  const { gatewayUrl, publishableKey, gameId, ageToken, stationToken = '' } = seat;
  return `playgate:${hash([gatewayUrl, publishableKey, gameId, playerOf(ageToken), stationToken].join('\n'))}`;
}
