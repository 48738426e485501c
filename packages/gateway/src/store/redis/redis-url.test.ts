import { expect, test } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

test('one Redis is left to the client', () => {
  for (const url of ['redis://localhost', 'rediss://user:secret@host:6380/1']) {
    expect(parseRedisUrl(url)).toEqual({ kind: 'single', url });
  }
});

test('Sentinels and clusters are named by several nodes', () => {
  const nodes = [
    { host: 'a.example', port: 7000 },
    { host: '::1', port: 7001 },
  ];
  expect(parseRedisUrl('redis+cluster://a.example:7000,[::1]:7001')).toEqual({
    kind: 'cluster',
    nodes,
    username: null,
    password: null,
    tls: false,
  });
  expect(
    parseRedisUrl('rediss+sentinel://me:p%40ss%2C@a.example:7000,[::1]:7001/books?sentinelPassword=s%2Fs'),
  ).toEqual({
    kind: 'sentinel',
    nodes,
    name: 'books',
    username: 'me',
    password: 'p@ss,',
    sentinelPassword: 's/s',
    tls: true,
  });
  expect(parseRedisUrl('redis+cluster://:secret@a.example:7000')).toMatchObject({ username: null, password: 'secret' });
});

test.each([
  'http://localhost',
  'redis:/localhost',
  'redis+cluster://',
  'redis+cluster://a.example',
  'redis+cluster://a.example:7000,',
  'redis+cluster://a.example:0',
  'redis+cluster://a.example:65536',
  'redis+cluster://a.example:7000/0',
  'redis+cluster://a.example:7000?sentinelPassword=x',
  'redis+cluster://me:%zz@a.example:7000',
  'redis+sentinel://a.example:26379',
  'redis+sentinel://a b:26379/books',
  `redis+cluster://${Array.from({ length: 33 }, (_, index) => `n${index}:7000`).join(',')}`,
])('%s is none', (url) => {
  expect(parseRedisUrl(url)).toBeNull();
});
