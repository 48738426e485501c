import { expect, it } from 'vitest';
import { createLogger, REDACTED_FIELDS } from './logger.ts';

function logged(line: object): Record<string, unknown> {
  const lines: string[] = [];
  createLogger('info', { write: (text: string) => void lines.push(text) }).info(line, 'message');
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

it('keeps personal data and secrets out, at the top and one level down', () => {
  for (const name of REDACTED_FIELDS) {
    const text = JSON.stringify(logged({ [name]: 'sensitive', request: { [name]: 'sensitive' } }));
    expect(text).not.toContain('sensitive');
    expect(text.match(/\[redacted\]/g)).toHaveLength(2);
  }
});

it('writes the time as an instant and nothing about the machine', () => {
  expect(logged({ requestId: 'r' })).toEqual({
    level: 30,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    requestId: 'r',
    msg: 'message',
  });
});
