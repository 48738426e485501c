import { describe, expect, test } from 'vitest';
import { type PlayGuardOptions, resolveOptions } from './options.ts';

const GOOD: PlayGuardOptions = {
  gatewayUrl: 'https://playgate.example',
  publishableKey: 'pk_live_1',
  gameId: 'star-garden',
};

describe('options', () => {
  test('have defaults, and one form of the address', () => {
    expect(resolveOptions({ ...GOOD, gatewayUrl: 'http://localhost:8080/play//' })).toMatchObject({
      gatewayUrl: 'http://localhost:8080/play',
      locale: 'vi',
      pauseWhenHidden: true,
      graceToSaveMs: 30_000,
      requestTimeoutMs: 5_000,
    });
  });

  test.each([
    ['gatewayUrl', 'playgate.example'],
    ['gatewayUrl', 'https://playgate.example/?a=1'],
    ['gatewayUrl', undefined],
    ['publishableKey', 'sk_live_1'],
    ['publishableKey', ''],
    ['gameId', ''],
    ['gameId', 'x'.repeat(65)],
    ['locale', 'fr'],
    ['pauseWhenHidden', 'no'],
    ['graceToSaveMs', -1],
    ['graceToSaveMs', 300_001],
    ['graceToSaveMs', Number.NaN],
    ['requestTimeoutMs', 499],
    ['requestTimeoutMs', '5000'],
    ['graceToSave', 30_000],
  ])('%s of %o is refused by name', (name, value) => {
    const options = { ...GOOD, [name]: value };
    expect(() => resolveOptions(options)).toThrow(TypeError);
    expect(() => resolveOptions(options)).toThrow(name);
  });

  test('a host without fetch is told what is missing', () => {
    const platform = { fetch: undefined } as unknown as NonNullable<PlayGuardOptions['platform']>;
    expect(() => resolveOptions({ ...GOOD, platform })).toThrow('platform.fetch');
  });
});
