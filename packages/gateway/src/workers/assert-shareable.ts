import { type Config, ConfigError } from '../config.ts';

/** Throws a ConfigError where several processes cannot stand on these settings: what is embedded belongs to one. */
export function assertShareable({ databaseUrl, demo, redisUrl, store }: Config): void {
  const problems = [
    ...(databaseUrl === null ? ['DATABASE_URL: --workers needs it, an embedded database belongs to one process'] : []),
    ...(redisUrl === null ? ['REDIS_URL: --workers needs it, embedded books belong to one process'] : []),
    ...(store === 'memory' ? ['PLAYGATE_STORE: --workers cannot share the memory of a process'] : []),
    ...(demo && databaseUrl !== null ? ['PLAYGATE_DEMO: --workers cannot share the demo, set it to off'] : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
}
