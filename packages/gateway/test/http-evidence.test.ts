// Evidence over HTTP, from play to a verified directory, as a regulator gets it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { limits } from '@playgate/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEvidence } from '../src/cli/export-evidence.ts';
import { parseCheckpoint } from '../src/compliance/evidence/checkpoint.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { openNote, parseVerifierKey } from '../src/compliance/evidence/signed-note.ts';
import { readGivenKeys } from '../src/compliance/evidence/verify/trusted-keys.ts';
import { verifyDirectory } from '../src/compliance/evidence/verify/verify-directory.ts';
import { verifyConsistency, verifyInclusion } from '../src/compliance/evidence/verify-proof.ts';
import { ADMIN_TOKEN, ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

/** 10:00 in Vietnam. */
const START = Date.parse('2026-11-20T03:00:00Z');
const GAME = { gameId: 'star-garden', title: 'Star Garden', class: 'G1', rating: '12+' } as const;
const CHILD = {
  method: 'attested',
  birthDate: '2010-01-01',
  phone: '+84912345678',
  phoneVerified: true,
} as const;

let clock: ManualClock;
let gateway: TestGateway;
let tenant: Tenant;
let neighbour: Tenant;
let regulatorKey: string;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-evidence-'));
  clock = new ManualClock(START);
  gateway = await TestGateway.start({ clock });
  tenant = await gateway.createTenant('live');
  neighbour = await gateway.createTenant('live');
  for (const { secretKey: token } of [tenant, neighbour]) await gateway.call('createGame', { token, body: GAME });
  const { body } = await gateway.call('createRegulator', { token: ADMIN_TOKEN, body: { name: 'Sở' } });
  regulatorKey = body.key;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

/** A minute of play; tells the player. */
async function play({ secretKey: token }: Tenant, playerRef: string): Promise<string> {
  const { body: verified } = await gateway.call('createAgeVerification', { token, body: { ...CHILD, playerRef } });
  const body = { ageToken: verified.ageToken!, gameId: GAME.gameId };
  const { body: opened } = await gateway.call('openSession', { token, body });
  if (opened.verdict !== 'play') throw new Error(`denied: ${opened.reason}`);
  const params = { sessionId: opened.sessionId };
  for (const seq of [1, 2]) {
    clock.advance(30_000);
    await gateway.call('recordHeartbeat', { token: opened.sessionToken, params, body: { seq, state: 'active' } });
  }
  await gateway.call('closeSession', { token, params, body: { reason: 'quit' } });
  return verified.playerId;
}

const asRegulator = () => ({ token: regulatorKey, headers: { 'Playgate-Purpose': 'inspection' } });

async function readCheckpoint(request: { token: string; headers?: Record<string, string> } = asRegulator()) {
  const { text } = await gateway.call('getCheckpoint', request);
  const { body: keys } = await gateway.call('getEvidenceKeys', {});
  const { text: signed } = openNote(
    text,
    keys.keys.map(({ verifierKey }) => parseVerifierKey(verifierKey)),
  );
  return parseCheckpoint(signed);
}

const fromBase64 = (texts: readonly string[]) => texts.map((text) => Buffer.from(text, 'base64'));

async function exportTo(directory: string, range: { fromSeq?: number; toSeq?: number } = {}) {
  return exportEvidence({
    gateway: { url: gateway.baseUrl, key: regulatorKey },
    purpose: 'thanh tra định kỳ',
    directory,
    fromSeq: range.fromSeq ?? null,
    toSeq: range.toSeq ?? null,
    startProgress: () => ({ update: () => undefined, stop: () => undefined }),
  });
}

async function verify(directory: string) {
  const { body: keys } = await gateway.call('getEvidenceKeys', {});
  const given = readGivenKeys(keys.keys[0]!.verifierKey);
  const { checks, outcome } = await verifyDirectory({ directory, keys: given, onProgress: () => undefined });
  return { outcome, checks, states: Object.fromEntries(checks.map(({ name, state }) => [name, state])) };
}

describe('evidence', () => {
  it('covers at once what has just happened, and proves it', async () => {
    await play(tenant, 'first');
    const { origin, root, size } = await readCheckpoint();
    expect(origin).toBe('playgate.test/evidence');
    expect(size).toBeGreaterThanOrEqual(4);
    const { text } = await gateway.send('GET', `/v1/evidence/entries?start=0&end=${size - 1}`, asRegulator());
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(size);
    for (const [index, line] of lines.entries()) {
      expect(JSON.parse(line)).toMatchObject({ seq: index });
      const query = { index: String(index), size: String(size) };
      const { body } = await gateway.call('getInclusionProof', { ...asRegulator(), query });
      const leaf = leafHash(line);
      expect(verifyInclusion({ index, size, leaf, root }, fromBase64(body.proof))).toBe(true);
    }
  });

  it('of an earlier time is part of what is there later', async () => {
    const before = await readCheckpoint();
    await play(tenant, 'second');
    const after = await readCheckpoint();
    expect(after.size).toBeGreaterThan(before.size);
    const query = { from: String(before.size), to: String(after.size) };
    const { body } = await gateway.call('getConsistencyProof', { ...asRegulator(), query });
    const claim = { from: before.size, to: after.size, fromRoot: before.root, toRoot: after.root };
    expect(verifyConsistency(claim, fromBase64(body.proof))).toBe(true);
  });

  it('of other providers is not a provider’s to read', async () => {
    await play(neighbour, 'third');
    const { size } = await readCheckpoint({ token: tenant.secretKey });
    const { text } = await gateway.send('GET', '/v1/evidence/entries', { token: tenant.secretKey });
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { provider: string; seq: number });
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(size);
    expect(new Set(events.map(({ provider }) => provider))).toEqual(new Set([tenant.providerId]));
  });

  it('names nobody', async () => {
    const playerId = await play(tenant, 'a very private reference');
    const { text } = await gateway.send('GET', '/v1/evidence/entries', asRegulator());
    for (const secret of [playerId, 'a very private reference', '2010-01-01', '912345678']) {
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    ['/v1/evidence/proof/inclusion?index=5&size=5', 'query.index'],
    ['/v1/evidence/proof/inclusion?index=0&size=9007199254740991', 'query.size'],
    ['/v1/evidence/proof/inclusion?index=-1&size=5', 'query.index'],
    ['/v1/evidence/proof/consistency?from=2&to=1', 'query.from'],
    ['/v1/evidence/proof/consistency?from=2', 'query.to'],
    ['/v1/evidence/proof/range?start=3&end=2&size=4', 'query.end'],
    ['/v1/evidence/entries?start=x', 'query.start'],
  ])('refuses %s', async (target, place) => {
    const answer = await gateway.send('GET', target, asRegulator());
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ path: place }] });
  });

  it('of nothing is no lines', async () => {
    const answer = await gateway.send('GET', '/v1/evidence/entries?start=9007199254740991', asRegulator());
    expect([answer.status, answer.text, answer.headers.get('link')]).toEqual([200, '', null]);
  });

  it('is logged with the purpose, and not given without', async () => {
    const answer = await gateway.send('GET', '/v1/evidence/checkpoint', { token: regulatorKey });
    expect(answer.status).toBe(400);
    const rows = await gateway.database.db.selectFrom('access_log').select(['operation_id', 'purpose']).execute();
    expect(rows).toContainEqual({ operation_id: 'getEvidenceEntries', purpose: 'inspection' });
  });
});

describe('an export', () => {
  it('is verified, goes on where it was, and holds the new tree to the old one', async () => {
    const directory = path.join(home, 'whole');
    const first = await exportTo(directory);
    expect(await verify(directory)).toMatchObject({ outcome: 'verified', states: { tree: 'ok', minutes: 'ok' } });
    await play(tenant, 'fourth');
    const entries = path.join(directory, 'entries.jsonl');
    const { length } = await readFile(entries);
    await truncate(entries, length - 10);
    const second = await exportTo(directory);
    expect(second.known).toBe(first.entries - 1);
    expect(second.entries).toBeGreaterThan(first.entries);
    expect(await verify(directory)).toMatchObject({
      outcome: 'verified',
      states: { 'previous checkpoint': 'ok', consistency: 'ok', entries: 'ok', tree: 'ok', minutes: 'ok' },
    });
    await appendFile(entries, '\n');
    expect((await verify(directory)).outcome).toBe('failed');
  });

  it('of a part is shown to be in the tree', async () => {
    const directory = path.join(home, 'part');
    expect(await exportTo(directory, { fromSeq: 3, toSeq: 7 })).toMatchObject({ entries: 5 });
    expect(await verify(directory)).toMatchObject({ outcome: 'verified', states: { entries: 'ok', tree: 'ok' } });
  });

  it('needs somebody who sees every entry', async () => {
    const directory = path.join(home, 'own');
    const request = exportEvidence({
      gateway: { url: gateway.baseUrl, key: tenant.secretKey },
      purpose: '-',
      directory,
      fromSeq: null,
      toSeq: null,
      startProgress: () => ({ update: () => undefined, stop: () => undefined }),
    });
    await expect(request).rejects.toThrow('key of a regulator');
    expect(existsSync(directory)).toBe(false);
  });

  it('with a report shows that its figures follow from the entries', async () => {
    const directory = path.join(home, 'reported');
    clock.advance(5_000);
    await play(tenant, 'fifth');
    await exportTo(directory);
    const put = async (name: string, target: string) => {
      const answer = await gateway.send('GET', target, asRegulator());
      expect(answer.status, answer.text).toBe(200);
      await writeFile(path.join(directory, name), answer.text);
      await writeFile(path.join(directory, `${name}.jws`), answer.headers.get('playgate-signature')!);
      return answer.text;
    };
    const days = 'from=2026-11-19&to=2026-11-20';
    await put('daily.json', `/v1/reports/daily?${days}&groupBy=provider,game,day`);
    await put('daily.jsonl', `/v1/reports/daily?${days}&groupBy=day&format=jsonl`);
    await put('daily.csv', `/v1/reports/daily?${days}&format=csv`);
    await put('half-year.json', '/v1/reports/periodic?form=vn-half-year&period=2026-H2');
    const { checks, states } = await verify(directory);
    expect(states, JSON.stringify(checks)).toMatchObject({
      'daily.json: signature': 'ok',
      'daily.json: figures': 'ok',
      'daily.jsonl: figures': 'ok',
      'daily.csv: signature': 'ok',
      'daily.csv: figures': 'not_checked',
      'half-year.json: signature': 'ok',
      'half-year.json: figures': 'ok',
    });
  });

  it('holds after a player was erased, and nothing leads to the player any more', async () => {
    const playerId = await play(tenant, 'to be forgotten');
    const directory = path.join(home, 'erased');
    const before = await exportTo(directory);
    await gateway.call('erasePlayer', { token: tenant.secretKey, params: { playerId } });
    await play(tenant, 'somebody else');
    await exportTo(directory);
    expect(await verify(directory)).toMatchObject({
      outcome: 'verified',
      states: { consistency: 'ok', tree: 'ok', minutes: 'ok' },
    });
    expect(before.entries).toBeGreaterThan(0);
    const { db } = gateway.database;
    const linked = await db.selectFrom('events').select('seq').where('player_id', '=', playerId).execute();
    const subjects = await db.selectFrom('event_subjects').select('ref').where('subject_id', '=', playerId).execute();
    expect([linked, subjects]).toEqual([[], []]);
  });
});

describe('playgate verify', () => {
  const run = async (...args: readonly string[]) => {
    const main = path.join(import.meta.dirname, '../src/main.ts');
    const all = ['--conditions=@playgate/source', main, ...args];
    return promisify(execFile)(process.execPath, all, { encoding: 'utf8' }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  };

  it('says it in words and by its exit code', async () => {
    const directory = path.join(home, 'told');
    await exportTo(directory);
    const { body: keys } = await gateway.call('getEvidenceKeys', {});
    const keyFile = path.join(home, 'key');
    await writeFile(keyFile, `${keys.keys[0]!.verifierKey}\n`);
    const good = await run('verify', directory, '--key', keyFile);
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(/^ok +tree: the entries give the signed root$/m);
    expect((await run('verify', directory)).code).toBe(2);
    const entries = path.join(directory, 'entries.jsonl');
    await writeFile(entries, (await readFile(entries, 'utf8')).replace('"kind":"opened"', '"kind":"denied"'));
    const bad = await run('verify', directory, '--key', keyFile, '--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ outcome: 'failed' });
    expect((await run('verify', path.join(home, 'nowhere'))).code).toBe(1);
  });
});

it('bounds what one answer covers', () => {
  expect(limits.EVIDENCE_ENTRIES_MAX).toBe(10_000);
});
