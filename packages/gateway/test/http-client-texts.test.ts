// Texts of the overlay as the gateway serves them: versions, what is kept, and an operator's own words.
import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CLIENT_TEXTS } from '@playgate/contract';
import { afterAll, beforeAll, expect, it, test, vi } from 'vitest';
import { ClientTextBook } from '../src/client-text-book.ts';
import { type Tenant, TestGateway } from './support/test-gateway.ts';

let file: string;
let gateway: TestGateway;
let tenant: Tenant;
beforeAll(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'playgate-texts-')), 'texts.json');
  await writeFile(file, '{}');
  gateway = await TestGateway.start({ env: { PLAYGATE_TEXTS_FILE: file } });
  tenant = await gateway.createTenant();
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function read(locale?: string, headers: Readonly<Record<string, string>> = {}) {
  const query = locale === undefined ? {} : { query: { locale } };
  const answer = await gateway.call('getClientTexts', { token: tenant.publishableKey, headers, ...query });
  // Null only with a 304, of which the text is looked at.
  return { ...answer, body: answer.body! };
}

/** In one step, as an operator should. */
async function replaceFile(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test.each([
  ['vi', 'vi'],
  ['en', 'en'],
  ['en-GB', 'en'],
  ['EN', 'en'],
  ['fr', 'vi'],
  [undefined, 'vi'],
] as const)('asked for %s it answers %s', async (asked, locale) => {
  const { body, headers } = await read(asked);
  expect(body).toMatchObject({ locale, texts: CLIENT_TEXTS[locale] });
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  expect(headers.get('access-control-allow-origin')).toBe('*');
});

it('says 304 to who has them, and only to them', async () => {
  const first = await read('en');
  const tag = first.headers.get('etag')!;
  expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
  for (const known of [tag, `"other", ${tag}`, `W/${tag}`, '*']) {
    const again = await read('en', { 'if-none-match': known });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    expect(again.headers.get('cache-control')).toBe('public, max-age=300');
  }
  expect((await read('en', { 'if-none-match': '"other"' })).status).toBe(200);
  expect((await read('vi', { 'if-none-match': tag })).status).toBe(200);
});

it('takes in an operator’s words, and keeps them while the file cannot be used', async () => {
  const before = (await read('en')).body;
  await replaceFile('{"en": {"exit": "Okay"}}');
  await vi.waitFor(async () => expect((await read('en')).body.texts.exit).toBe('Okay'), { timeout: 30_000 });
  const { body } = await read('en');
  expect(body.version).not.toBe(before.version);
  expect(body.texts).toEqual({ ...CLIENT_TEXTS.en, exit: 'Okay' });
  expect((await read('vi')).body.texts).toEqual(CLIENT_TEXTS.vi);
  const book = await ClientTextBook.open(file);
  await replaceFile('{"en": {"exit": ');
  await expect(book.reload()).rejects.toThrow();
  await expect(book.reload()).resolves.toBeUndefined();
  expect(book.textsOf('en')).toMatchObject({ version: body.version });
  expect((await read('en')).body).toEqual(body);
  await replaceFile('{}');
  await vi.waitFor(async () => expect((await read('en')).body).toEqual(before), { timeout: 30_000 });
});

test.each([
  ['[]', 'the file is no object'],
  ['{"fr": {}}', 'fr is not one of the languages: vi, en'],
  ['{"en": {"toString": "x"}}', 'en.toString is no text of clients'],
  ['{"en": {"exit": ""}}', 'en.exit must be a text'],
  ['{"en": {"exit": "two\\nlines"}}', 'en.exit must be a text'],
  ['{"en": {"left": "some time left"}}', 'en.left must have the places to fill of: {time} left'],
])('refuses %s', async (text, problem) => {
  const wrong = path.join(await mkdtemp(path.join(tmpdir(), 'playgate-texts-')), 'wrong.json');
  await writeFile(wrong, text);
  await expect(ClientTextBook.open(wrong)).rejects.toThrow(`PLAYGATE_TEXTS_FILE: ${problem}`);
});
