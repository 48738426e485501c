// What the gateway hands to the script that opens a session, overheard once: everything that is seeded is opened with the same
// plan and context, whatever they hold.
import { Redis } from 'ioredis';
import type { Gateway } from '../gateway.ts';

export interface StartTemplate {
  /** `<mode>:<provider id>` */
  readonly world: string;
  readonly gameId: string;
  /** ARGV of open_session.lua. */
  readonly values: readonly string[];
  /** Claims of the session token. */
  readonly claims: {
    readonly prv: string;
    readonly mode: 'test' | 'live';
    readonly gam: string;
    readonly met: boolean;
    readonly ctx: string;
  };
  readonly tokenExpiresAt: number;
}

const KEYS = 5;
/** `evalsha <sha> 5 <keys>` */
const BEFORE_VALUES = 3 + KEYS;
const OVERHEARD_MS_MAX = 5_000;

export async function overhearStart(gateway: Gateway): Promise<StartTemplate> {
  const gameId = gateway.demo.games[0]!.gameId;
  const ageToken = await gateway.verifyAge('template');
  const redis = new Redis(gateway.redisUrl);
  const monitor = await redis.monitor();
  try {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    const late = setTimeout(() => reject(new Error('no start was seen in Redis')), OVERHEARD_MS_MAX);
    monitor.on('monitor', (_time: string, command: readonly string[]) => {
      if (/^eval/i.test(command[0]!) && /:s:ses_/.test(command[3] ?? '') && command[2] === String(KEYS))
        resolve(command);
    });
    const { sessionToken } = await gateway.call<{ sessionToken: string }>('/v1/sessions', { ageToken, gameId });
    const values = (await promise).slice(BEFORE_VALUES);
    clearTimeout(late);
    const claims = JSON.parse(Buffer.from(sessionToken.split('.')[1]!, 'base64url').toString());
    return { world: `${claims.mode}:${claims.prv}`, gameId, values, claims, tokenExpiresAt: claims.exp * 1000 };
  } finally {
    monitor.disconnect();
    redis.disconnect();
  }
}
