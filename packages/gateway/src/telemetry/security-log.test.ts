import { expect, test } from 'vitest';
import { createSecurityLog, SECURITY_LINES_MAX, SECURITY_WINDOW_MS } from './security-log.ts';

function watchedLog() {
  const lines: unknown[] = [];
  let now = 0;
  const write = (line: object) => void lines.push(line);
  const log = createSecurityLog({ info: write, warn: write } as never, () => now);
  return {
    lines,
    log,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('an attack writes so many lines and no more, and the next line tells how many were left out', () => {
  const { lines, log, pass } = watchedLog();
  for (let times = 0; times < 100_000; times++) log({ event: 'credential_refused' });
  expect(lines).toHaveLength(SECURITY_LINES_MAX);
  pass(SECURITY_WINDOW_MS);
  log({ event: 'credential_refused' });
  log({ event: 'credential_refused' });
  expect(lines.slice(SECURITY_LINES_MAX)).toEqual([
    { event: 'credential_refused', leftOut: 100_000 - SECURITY_LINES_MAX },
    { event: 'credential_refused' },
  ]);
});

test('an attack of one kind hides no other kind, and no sign-in is left out', () => {
  const { lines, log } = watchedLog();
  for (let times = 0; times < 1_000; times++) log({ event: 'credential_refused' });
  log({ event: 'limit_hit' });
  for (let times = 0; times < 100; times++) log({ event: 'signed_in' });
  expect(lines.slice(SECURITY_LINES_MAX)).toEqual([
    { event: 'limit_hit' },
    ...Array.from({ length: 100 }, () => ({ event: 'signed_in' })),
  ]);
});
