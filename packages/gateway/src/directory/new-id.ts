import { randomText } from './random-text.ts';

export const ID_PREFIXES = {
  provider: 'prv_',
  key: 'key_',
  agent: 'agt_',
  station: 'sta_',
  regulator: 'reg_',
  game: 'gam_',
  verification: 'ver_',
  player: 'ply_',
  person: 'per_',
  guardian: 'grd_',
  guardianLink: 'gln_',
  merge: 'mrg_',
  endpoint: 'whe_',
  event: 'evt_',
  signIn: 'sgn_',
  human: 'hum_',
  correction: 'cor_',
  hold: 'hld_',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** 95 bits: no two alike in 10^12 ids, and short enough for the key of every day hash. */
export const ID_RANDOM_LENGTH = 16;

/** The first characters of a person's random part; persons of one human share them where that is known. */
export const ROUTE_LENGTH = 8;

/** The id of a new person of a human, on its route. */
export function newPersonIdOf(humanId: string): string {
  const start = ID_PREFIXES.human.length;
  return ID_PREFIXES.person + humanId.slice(start, start + ROUTE_LENGTH) + randomText(ID_RANDOM_LENGTH - ROUTE_LENGTH);
}

/** Not of a human, whose day is kept beside those of its persons. */
export const isPersonId = (id: string): boolean => id.startsWith(ID_PREFIXES.person);

/** A fresh id; it says what it names and nothing else. */
export function newId(kind: IdKind): string {
  return ID_PREFIXES[kind] + randomText(ID_RANDOM_LENGTH);
}
