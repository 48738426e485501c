import { describe, expect, it } from 'vitest';
import { isAllowedAddress, isAllowedUrl } from './allowed-address.ts';

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'not an address',
  ])('%s is not for a live world', (address) => {
    expect(isAllowedAddress(address, 'live')).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) => {
    expect(isAllowedAddress(address, 'live')).toBe(true);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1'])('%s is this machine, for test worlds', (address) => {
    expect(isAllowedAddress(address, 'test')).toBe(true);
  });

  it.each(['10.0.0.1', '169.254.169.254', 'fe80::1'])('%s is for nobody', (address) => {
    expect(isAllowedAddress(address, 'test')).toBe(false);
  });
});

describe('URLs', () => {
  it.each([
    ['https://game.example/hook?x=1', true, true],
    ['https://8.8.8.8/hook', true, true],
    ['http://game.example/hook', false, false],
    ['http://127.0.0.1:9000/hook', false, true],
    ['http://localhost:9000/hook', false, true],
    ['http://[::1]:9000/hook', false, true],
    ['https://127.0.0.1/hook', false, true],
    ['https://2130706433/hook', false, true],
    ['https://0x7f.1/hook', false, true],
    ['https://10.0.0.1/hook', false, false],
    ['https://[::ffff:a00:1]/hook', false, false],
    ['https://user@game.example/', false, false],
    ['https://game.example/#part', false, false],
    ['ftp://game.example/', false, false],
    ['nonsense', false, false],
  ])('%s: live %s, test %s', (url, live, test) => {
    expect([isAllowedUrl(url, 'live'), isAllowedUrl(url, 'test')]).toEqual([live, test]);
  });
});
