import { expect, it } from 'vitest';
import { readArguments, SCENARIOS } from './arguments.ts';

it('reads a scenario with its numbers', () => {
  const read = readArguments(['batch', '--rate', '8', '--sessions', '2000', '--set', 'BEATS=1000']);
  expect(read.scenarios).toEqual(['batch']);
  expect(read.numbers).toEqual({ RATE: '8', SESSIONS: '2000', BEATS: '1000' });
  expect(read.url).toBeNull();
});

it('runs all of them, and on a given gateway all that need no Redis of their own', () => {
  expect(readArguments(['all']).scenarios).toEqual(SCENARIOS);
  const given = readArguments(['all', '--url', 'http://127.0.0.1:8080/']);
  expect(given.url).toBe('http://127.0.0.1:8080');
  expect(given.scenarios).not.toContain('failover');
});

it.each([
  [[]],
  [['nothing']],
  [['batch', '--rate']],
  [['batch', '--rate', 'fast']],
  [['batch', '--set', 'BEATS=']],
  [['batch', '--url', 'http://gateway.example']],
  [['batch', '--url', 'http://10.0.0.1:8080']],
  [['batch', '--url', 'http://127.0.0.1.example:8080']],
  [['failover', '--url', 'http://127.0.0.1:8080']],
])('refuses %j', (argv) => {
  expect(() => readArguments(argv)).toThrow(TypeError);
});
