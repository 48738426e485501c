import { expect, test } from 'vitest';
import { createTroubleLog, TROUBLE_EVERY_MS } from './trouble-log.ts';

test('the same trouble is told once in a while with a count, another one at once', () => {
  let now = 0;
  const lines: unknown[] = [];
  const tell = createTroubleLog(
    { error: (fields: object, what: string) => lines.push({ ...fields, what }) } as never,
    () => now,
  );
  for (now = 0; now < TROUBLE_EVERY_MS; now += 100) tell('redis', 'away');
  tell('sql', 'away');
  tell('redis', 'still away');
  expect(lines).toEqual([
    { err: 'away', what: 'redis' },
    { err: 'away', what: 'sql' },
    { err: 'still away', leftOut: TROUBLE_EVERY_MS / 100 - 1, what: 'redis' },
  ]);
});
