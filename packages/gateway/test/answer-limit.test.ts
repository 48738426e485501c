// How many different answers about one identity there are on a day, on both books, and with Redis away.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../src/directory/world.ts';
import { Fault } from '../src/fault.ts';
import { ANSWERS_PER_DAY_MAX, AnswerLimit, type QuestionBook } from '../src/limits/answer-limit.ts';
import { markWith } from '../src/limits/limit-subjects.ts';
import { MemoryQuestionBook } from '../src/store/memory/memory-question-book.ts';
import { createRequestClient } from '../src/store/redis/redis-client.ts';
import { OUTAGE_QUESTIONS_MAX, RedisQuestionBook } from '../src/store/redis/redis-question-book.ts';
import { RedisServer } from './support/redis-server.ts';

const WORLD: World = { providerId: 'prv_one', mode: 'test' };
/** 23:59:00 in Vietnam. */
const LATE = Date.UTC(2026, 9, 14, 16, 59);
const MINUTE_MS = 60_000;
const mark = markWith(new Uint8Array(32).fill(3));

const limitWith = (book: QuestionBook) =>
  new AnswerLimit({ book, mark, zoneAt: () => 'Asia/Ho_Chi_Minh', answersMax: ANSWERS_PER_DAY_MAX });

const claim = (year: number, more: object = {}) => ({
  playerRef: 'ref',
  method: 'attested',
  birthDate: `${year}-01-01`,
  ...more,
});

/** What the caller is told: nothing, or the seconds to wait. */
async function waitOf(limit: AnswerLimit, asked: { playerRef: string }, now = LATE, world = WORLD) {
  try {
    await limit.admit(world, asked, now);
    return null;
  } catch (error) {
    if (error instanceof Fault && error.code === 'rate_limited') return error.retryAfterS;
    throw error;
  }
}

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function connect() {
  const redis = createRequestClient(server.url);
  redis.on('error', () => {});
  await redis.connect();
  return redis;
}

describe.each(['memory', 'redis'] as const)('the answers of a day (%s)', (kind) => {
  async function open(use: (limit: AnswerLimit) => Promise<void>): Promise<void> {
    if (kind === 'memory') return use(limitWith(new MemoryQuestionBook()));
    await server.flush();
    const redis = await connect();
    await use(limitWith(new RedisQuestionBook(redis)));
    redis.disconnect();
  }

  it('counts a store signal of another day as another question, for its day says how old the player is', () =>
    open(async (limit) => {
      const signal = (day: number) => ({
        playerRef: 'ref',
        method: 'store_signal',
        declaredAt: `2026-10-${day}T00:00:00Z`,
      });
      for (let day = 10; day < 10 + ANSWERS_PER_DAY_MAX; day++) expect(await waitOf(limit, signal(day))).toBeNull();
      expect(await waitOf(limit, signal(20))).not.toBeNull();
      expect(await waitOf(limit, signal(10))).toBeNull();
    }));

  it('counts a document once, however it is written', () =>
    open(async (limit) => {
      const spellings = ['079209000001', '0792-0900-0001', '079 209 000 001', '079-209000001', '07920900-0001'];
      const asked = (index: number) =>
        claim(1990 + index, { playerRef: `ref ${index}`, nationalId: spellings[index % spellings.length] });
      for (let index = 0; index < ANSWERS_PER_DAY_MAX; index++) expect(await waitOf(limit, asked(index))).toBeNull();
      expect(await waitOf(limit, asked(ANSWERS_PER_DAY_MAX))).not.toBeNull();
    }));

  it('are five, and those again as often as one likes', () =>
    open(async (limit) => {
      for (let year = 2000; year < 2005; year++) expect(await waitOf(limit, claim(year))).toBeNull();
      for (let year = 2005; year < 2030; year++) expect(await waitOf(limit, claim(year))).toBe(60);
      for (let year = 2000; year < 2005; year++) expect(await waitOf(limit, claim(year))).toBeNull();
    }));

  it('are five when all are asked at once, on one gateway or two', () =>
    open(async (limit) => {
      const redis = kind === 'redis' ? await connect() : null;
      const other = redis === null ? limit : limitWith(new RedisQuestionBook(redis));
      const waits = await Promise.all(
        Array.from({ length: 40 }, (_, index) => waitOf(index % 2 === 0 ? limit : other, claim(1980 + index))),
      );
      expect(waits.filter((wait) => wait === null)).toHaveLength(5);
      redis?.disconnect();
    }));

  it('begin anew with the day of the world, whatever day it really is', () =>
    open(async (limit) => {
      for (let year = 2000; year < 2005; year++) await waitOf(limit, claim(year));
      expect(await waitOf(limit, claim(2005), LATE + MINUTE_MS - 1)).toBe(1);
      expect(await waitOf(limit, claim(2005), LATE + MINUTE_MS)).toBeNull();
    }));

  it('belong to one identity of one world', () =>
    open(async (limit) => {
      for (let year = 2000; year < 2006; year++) await waitOf(limit, claim(year));
      expect(await waitOf(limit, { ...claim(2005), playerRef: 'other' })).toBeNull();
      expect(await waitOf(limit, claim(2005), LATE, { ...WORLD, mode: 'live' })).toBeNull();
      expect(await waitOf(limit, claim(2005), LATE, { ...WORLD, providerId: 'prv_two' })).toBeNull();
    }));

  it('follow a national id over accounts, and let a person open many with the same claim', () =>
    open(async (limit) => {
      const nationalId = '001204000123';
      for (let index = 0; index < 20; index++) {
        expect(await waitOf(limit, { ...claim(2000, { nationalId }), playerRef: `a${index}` })).toBeNull();
      }
      for (let year = 2001; year < 2005; year++) {
        expect(await waitOf(limit, { ...claim(year, { nationalId }), playerRef: `b${year}` })).toBeNull();
      }
      expect(await waitOf(limit, { ...claim(2005, { nationalId }), playerRef: 'c' })).toBe(60);
    }));

  it('are the same answer when consent is stated anew', () =>
    open(async (limit) => {
      for (let index = 0; index < 20; index++) {
        const guardian = {
          relationship: 'parent',
          phone: '+84901234567',
          consentedAt: `2026-10-14T00:00:${10 + index}Z`,
        };
        expect(await waitOf(limit, claim(2012, { guardian }))).toBeNull();
      }
    }));
});

it('keeps nothing in Redis that names an identity or a claim', async () => {
  await server.flush();
  const redis = await connect();
  const limit = limitWith(new RedisQuestionBook(redis));
  await waitOf(limit, claim(2010, { nationalId: '001204000123', phone: '+84901234567' }));
  const keys = await redis.keys('*');
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(await redis.ttl(key)).toBeGreaterThan(86_400);
    const kept = `${key} ${(await redis.smembers(key)).join(' ')}`;
    expect(kept).toMatch(/^pg2:asked:[\w-]{22}:2026-10-14 [\w-]{22}$/);
  }
  redis.disconnect();
});

it('holds, stricter, while Redis is away, and exactly once it is back', async () => {
  await using own = await RedisServer.start();
  const redis = createRequestClient(own.url);
  redis.on('error', () => {});
  await redis.connect();
  const limit = limitWith(new RedisQuestionBook(redis));
  expect(await waitOf(limit, claim(2000))).toBeNull();
  await own.kill();
  await expect.poll(() => redis.status).not.toBe('ready');
  const away = await Promise.all(Array.from({ length: 10 }, (_, index) => waitOf(limit, claim(2001 + index))));
  expect(away.filter((wait) => wait === null)).toHaveLength(OUTAGE_QUESTIONS_MAX - 1);
  expect(await waitOf(limit, claim(2000)), 'an answer that was given').toBeNull();
  const strangers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => waitOf(limit, { ...claim(2001 + index), playerRef: 'stranger' })),
  );
  expect(strangers.filter((wait) => wait === null)).toHaveLength(OUTAGE_QUESTIONS_MAX);
  await own.run();
  await expect.poll(() => redis.status).toBe('ready');
  await own.flush();
  const back = [];
  for (let year = 1980; year < 2000; year++) back.push(await waitOf(limit, claim(year)));
  expect(back.filter((wait) => wait === null)).toHaveLength(ANSWERS_PER_DAY_MAX - OUTAGE_QUESTIONS_MAX);
  redis.disconnect();
});
