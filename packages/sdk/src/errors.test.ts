import { expect, test } from 'vitest';
import { ConnectionError, GatewayError, isRetryable, ListenerError } from './errors.ts';

const problem = (status: number) =>
  new GatewayError({ code: 'internal', status, detail: '', requestId: null, retryAfterMs: null, fields: [] });

test.each([
  ['nobody answered', new ConnectionError('unreachable', ''), true],
  ['a broken gateway', problem(503), true],
  ['too many requests', problem(429), true],
  ['a refusal', problem(404), false],
  ['a listener of the game', new ListenerError('tick', null), false],
  ['anything else', new TypeError('no such thing'), false],
])('whether %s is worth another try', (_what, error, expected) => {
  expect(isRetryable(error)).toBe(expected);
});

/** As the script of the tabs sees an error that the script of the core threw: each has classes of its own. */
test.each([
  [503, true],
  [404, false],
])('%i of another copy of the classes', (status, expected) => {
  class OtherGatewayError extends Error {
    override readonly name = 'GatewayError';
    readonly status = status;
  }
  expect(isRetryable(new OtherGatewayError())).toBe(expected);
});
