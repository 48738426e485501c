/** What a shell has set for another gateway must not reach one that is started for a run. */
export function forgetSettings(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PLAYGATE_|OTEL_|REDIS_URL$|DATABASE_URL$|PORT$|HOST$)/.test(name)) delete process.env[name];
  }
}
