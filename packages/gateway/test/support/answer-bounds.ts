/**
 * Until a caller is told that Redis is away, ms. 500 are promised, and `redis-stopped` of `npm run chaos` holds them less what the
 * machine took; here a busy machine may take a second more.
 */
export const ANSWER_MS_MAX = 1_500;
