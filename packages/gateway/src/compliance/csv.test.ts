import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it('quotes what needs it and leaves null empty', () => {
  expect(csvLine(['Quán Số 1', null, 12, true, ''])).toBe('Quán Số 1,,12,true,\r\n');
  expect(csvLine(['a,b', 'say "hi"', 'two\r\nlines', ' edge '])).toBe('"a,b","say ""hi""","two\r\nlines"," edge "\r\n');
});

it.each(['=1+1', '+84', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('does not let a spreadsheet calculate %j', (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});

it('leaves numbers as they are', () => {
  expect(csvLine([-1, 0.5])).toBe('-1,0.5\r\n');
});
