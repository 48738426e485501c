// What a receipt of a batch says: the proof, and whose the session is. A client's session token says the latter; a game server
// shows none with its beats.
import type { SessionClaims } from '../directory/principal.ts';

export type BatchClaims = Pick<SessionClaims, 'context' | 'gameId' | 'playerId'>;

/** In neither part; a receipt reads its own parts by dots, which ids of games may have. */
const SEPARATOR = '~';
const LINE = '\n';

/** `proof`: of `BeatReply`. Begins with it. */
export function encodeBatchProof(proof: string, { context, gameId, playerId }: BatchClaims): string {
  const claims = Buffer.from([gameId, playerId, context].join(LINE), 'latin1').toString('base64url');
  return proof + SEPARATOR + claims;
}

/** Null for the proof of a single session. */
export function claimsOfProof(text: string): BatchClaims | null {
  const at = text.indexOf(SEPARATOR);
  if (at < 0) return null;
  const claims = Buffer.from(text.slice(at + 1), 'base64url').toString('latin1');
  const [gameId = '', playerId = '', context = ''] = claims.split(LINE);
  return { gameId, playerId, context };
}

/** Of either kind, the proof alone. */
export function withoutClaims(text: string): string {
  const at = text.indexOf(SEPARATOR);
  return at < 0 ? text : text.slice(0, at);
}
