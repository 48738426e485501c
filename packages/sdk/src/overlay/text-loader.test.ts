import { afterEach, expect, test, vi } from 'vitest';
import { loadOverlayTexts } from './text-loader.ts';
import { SHIPPED_TEXTS } from './texts.ts';

const SOURCE = { gatewayUrl: 'https://playgate.example/', publishableKey: 'pk_test_key', locale: 'en' } as const;

afterEach(() => vi.unstubAllGlobals());

function answer(...replies: readonly (Response | Error)[]) {
  const left = [...replies];
  const fetched = vi.fn(async (_url: string, _request: RequestInit) => {
    const reply = left.shift();
    if (reply instanceof Response) return reply;
    throw reply ?? new TypeError('no network');
  });
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

test('newer words replace shipped ones; what is no text of the overlay is left out', async () => {
  const texts = { exit: 'Okay', save: 5, close: 'x'.repeat(401), unknown: 'no' };
  const fetched = answer(Response.json({ version: '7', texts }));
  expect(await loadOverlayTexts(SOURCE)).toEqual({ ...SHIPPED_TEXTS.en, exit: 'Okay' });
  expect(fetched).toHaveBeenCalledExactlyOnceWith(
    'https://playgate.example/v1/client-texts?locale=en',
    expect.objectContaining({ cache: 'default', headers: { Authorization: 'Bearer pk_test_key' } }),
  );
});

test('the kept ones serve while the gateway is away', async () => {
  const fetched = answer(new TypeError('no network'), Response.json({ version: '6', texts: { exit: 'Kept' } }));
  expect((await loadOverlayTexts(SOURCE)).exit).toBe('Kept');
  expect(fetched.mock.calls.map(([, { cache }]) => cache)).toEqual(['default', 'force-cache']);
});

test.each([
  ['knows no such texts', () => Response.json({ code: 'not_found' }, { status: 404 })],
  ['is something else', () => new Response('<html>')],
  ['is away', () => new TypeError('no network')],
])('the shipped ones serve where the gateway %s', async (_, reply) => {
  answer(reply(), reply());
  expect(await loadOverlayTexts(SOURCE)).toEqual(SHIPPED_TEXTS.en);
});
