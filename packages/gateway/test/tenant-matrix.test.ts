// What one tenant learns of another: nothing. The matrix is made from the registry: every operation, every place in its
// request that takes an id or a token, filled with one of another provider and with one of the same provider's other mode.
// The answer must be that to an id that does not exist: status, headers, body and how long it takes.
import { randomBytes } from 'node:crypto';
import { OPERATIONS, type Operation, type OperationId } from '@playgate/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, sampleOf, targetOf, type World } from './support/request-samples.ts';
import { type Answer, pathOf, TestGateway } from './support/test-gateway.ts';
import { medianOf, timeInTurn } from './support/timing.ts';

/** Between medians, beyond what two groups of the same kind differ by chance. A look-up more over a network would show. */
const TIMING_GAP_MS_MAX = 5;
/** Of what a request for nothing takes, where that is more: a machine held up by others stretches every difference. */
const TIMING_GAP_SHARE_MAX = 0.3;
/** Odd, for the median. */
const TIMING_SAMPLES = 15;
/** A burst of a neighbour can cover most samples of an attempt; a gap that is there shows in every one. */
const TIMING_ATTEMPTS_MAX = 3;
const WHOSE = ['another provider', 'another mode'] as const;

/** What a field of this name holds. A new name that looks like an id has to be entered before the tests pass. */
const FIELDS = {
  tenant: [
    'sessionId',
    'playerId',
    'verificationId',
    'linkId',
    'gameId',
    'ageToken',
    'providerId',
    'keyId',
    'stationId',
    'endpointId',
    'correctionId',
  ],
  /** Not owned by a provider; or a name that the caller gives, which the last tests of this file are about. */
  elsewhere: {
    policyId: 'policies are shared by all',
    stationToken: 'stands for a seat of an agent, and agents are above providers',
    playerRef: 'a name of the caller’s own',
    nationalId: 'a document, told apart by world',
    'device.id': 'a text of the caller’s own',
    providerIds: 'the scope that the operator gives a regulator',
    agentId: 'agents are above providers; only the operator names them',
    regulatorId: 'regulators are above providers; only the operator names them',
  },
} as const;

const LOOKS_LIKE_AN_ID = /(Id|Ids|Ref|Token|Handle)$|(^|\.)id$/;

interface Place {
  readonly part: 'params' | 'query' | 'body';
  /** Keys from the part to the value; arrays by index. */
  readonly path: readonly string[];
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

/** Every field of a schema, by path. */
function pathsOf({ properties = {}, items, anyOf = [], oneOf = [] }: Shape, path: readonly string[] = []): string[][] {
  const inside = Object.entries(properties).flatMap(([name, shape]) => [
    [...path, name],
    ...pathsOf(shape, [...path, name]),
  ]);
  const members = [...anyOf, ...oneOf].flatMap((shape) => pathsOf(shape, path));
  return [...inside, ...(items ? pathsOf(items, [...path, '0']) : []), ...members];
}

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
const nameOf = (path: readonly string[]) => path.filter((name) => name !== '0').join('.');
const isTenants = (path: readonly string[]) => (FIELDS.tenant as readonly string[]).includes(path.at(-1)!);

function placesOf(operation: Operation): readonly Place[] {
  const parts = ['params', 'query', 'body'] as const;
  return parts.flatMap((part) => {
    const schema = operation[part];
    if (schema === undefined) return [];
    const paths = pathsOf(schemaOf(schema)).filter((path) => LOOKS_LIKE_AN_ID.test(nameOf(path)));
    const distinct = [...new Map(paths.map((path) => [nameOf(path), path])).values()];
    return distinct.map((path) => ({ part, path }));
  });
}

const rows = OPERATIONS.flatMap((operation: Operation) =>
  placesOf(operation)
    .filter(({ path }) => isTenants(path))
    .map((place) => ({ title: `${operation.operationId}: ${place.part}.${nameOf(place.path)}`, operation, place })),
);

/** A filter by provider names the caller's own one in either mode. */
const whoseOf = ({ part, path }: Place) =>
  WHOSE.filter((whose) => whose === 'another provider' || part !== 'query' || path.at(-1) !== 'providerId');

const isGame = ({ path }: Place) => path.at(-1) === 'gameId';
/** One for each operation, since creating a game of the same id here is what one of them does; `index`: several for it. */
const gameOnlyIn = ({ mode, providerId }: World['tenant'], { operationId }: Operation, index = 0) =>
  `${mode}-${operationId}-${index}-${providerId}`;
/** Asked for with the id of a game, these make one, so that no id can be asked for twice. */
const makesGame = (operation: Operation) => operation.operationId === 'createGame';
/** What the comparison needs, the tries it may take, and the one of the comparison of answers. */
const GAMES_FOR_TIMING = TIMING_ATTEMPTS_MAX * TIMING_SAMPLES + 1;

const SCRAMBLED_LENGTH = 8;

/** Same length and form, and nobody has it. */
function unknownLike(value: string): string {
  return value.slice(0, -SCRAMBLED_LENGTH) + randomBytes(SCRAMBLED_LENGTH / 2).toString('hex');
}

type Sampled = Readonly<Partial<Record<Place['part'], unknown>>>;

function valueAt(sample: Sampled, { part, path }: Place): unknown {
  return path.reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], sample[part] as unknown);
}

function withValue(value: unknown, [key, ...others]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? withValue(item, others, put) : item));
  const record = (value ?? {}) as Record<string, unknown>;
  return { ...record, [key]: withValue(record[key], others, put) };
}

/** The id or token that a foreign world would use in this place of the same request. */
function foreignValue(operation: Operation, place: Place, world: World): string {
  if (isGame(place)) return gameOnlyIn(world.tenant, operation);
  const value = valueAt(sampleOf(operation.operationId as OperationId, world), place);
  if (typeof value !== 'string') throw new Error(`${operation.operationId}: the sample has no ${nameOf(place.path)}`);
  return value;
}

/** A signature is over a body that repeats what was sent. */
const VARYING = ['date', 'x-request-id', 'ratelimit', 'ratelimit-policy', 'content-length', 'playgate-signature'];
const MADE_ID = /"(\w{3}_)[0-9A-Za-z]{16,}"/g;

/** The answer without what differs between any two: the value sent, the request id, ids that were made. */
function told({ status, headers, text }: Answer, value: string) {
  const body = text
    .replaceAll(value, '<sent>')
    .replace(/"requestId":"[^"]*"/, '')
    .replace(MADE_ID, '"$1"');
  const kept = [...headers].filter(([name]) => !VARYING.includes(name));
  return { status, headers: Object.fromEntries(kept), body };
}

// Both stores: the ledger finds sessions by itself.
describe.each(['memory', 'redis'] as const)('%s', (kind) => {
  let server: RedisServer | null = null;
  let gateway: TestGateway;
  let own: World;
  let foreign: Readonly<Record<'another provider' | 'another mode', World>>;

  beforeAll(async () => {
    server = kind === 'redis' ? await RedisServer.start() : null;
    gateway = await TestGateway.start({
      ...(server !== null && { redisUrl: server.url }),
      env: { PLAYGATE_LOG_LEVEL: 'silent' },
    });
    own = await createWorld(gateway);
    const live = await gateway.createTenant('live', own.tenant.providerId);
    foreign = { 'another provider': await createWorld(gateway), 'another mode': await createWorld(gateway, live) };
    for (const { tenant } of Object.values(foreign)) {
      for (const { operation } of rows.filter((row) => isGame(row.place))) {
        for (let index = 0; index < (makesGame(operation) ? GAMES_FOR_TIMING : 1); index++) {
          const gameId = gameOnlyIn(tenant, operation, index);
          const game = { gameId, title: 'Elsewhere', class: 'G1', rating: '00+' } as const;
          await gateway.call('createGame', { token: tenant.secretKey, body: game });
        }
      }
    }
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** Those of the own world that may call; for what only the operator may, the provider's server that may not. */
  function callersOf(operation: Operation): readonly string[] {
    const { operator: _, ...credentials } = own.credentials;
    const callers = Object.entries(credentials).filter(([kind]) =>
      (operation.auth as readonly string[]).includes(kind),
    );
    return callers.length > 0 ? callers.map(([, token]) => token) : [own.credentials.secret];
  }

  function ask(operation: Operation, { part, path }: Place, value: string, token: string): Promise<Answer> {
    const sample = sampleOf(operation.operationId as OperationId, own);
    const changed = { ...sample, [part]: withValue(sample[part], path, value) };
    return gateway.send(operation.method, targetOf(operation, changed), {
      token,
      headers: sample.headers,
      body: changed.body ?? undefined,
    });
  }

  describe('the matrix', () => {
    it('knows every field that looks like an id', () => {
      const known = [...FIELDS.tenant, ...Object.keys(FIELDS.elsewhere)];
      for (const operation of OPERATIONS) {
        for (const { path } of placesOf(operation)) {
          const name = nameOf(path);
          const isKnown = known.includes(name) || known.includes(path.at(-1) === '0' ? path.at(-2)! : path.at(-1)!);
          expect([operation.operationId, name, isKnown]).toEqual([operation.operationId, name, true]);
        }
      }
    });

    it('has a row for every operation whose path takes an id', () => {
      // What anybody may ask belongs to nobody.
      const owned = OPERATIONS.filter(({ auth }: Operation) => !auth.includes('none'));
      const isElsewhere = (path: string) =>
        [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) => name! in FIELDS.elsewhere);
      const withParams = owned
        .filter((operation) => 'params' in operation && !isElsewhere(operation.path))
        .map(({ operationId }) => operationId);
      expect([...new Set(rows.map(({ operation }) => operation.operationId))]).toEqual(
        expect.arrayContaining(withParams),
      );
    });

    it('has a sample of every operation', () => {
      for (const { operationId } of OPERATIONS) expect(sampleOf(operationId, own), operationId).toBeDefined();
    });
  });

  describe.each(rows)('$title', ({ operation, place }) => {
    it.each(whoseOf(place))('of %s does not exist', async (whose) => {
      const value = foreignValue(operation, place, foreign[whose]);
      const unknown = unknownLike(value);
      for (const token of callersOf(operation)) {
        const [found, nothing] = [
          await ask(operation, place, value, token),
          await ask(operation, place, unknown, token),
        ];
        expect(told(found, value)).toEqual(told(nothing, unknown));
        const { tenant, ids } = foreign[whose];
        if (tenant.providerId !== own.tenant.providerId)
          expect(told(found, value).body).not.toContain(tenant.providerId);
        for (const id of Object.values(ids)) if (id !== value) expect(found.text).not.toContain(id);
      }
    });

    it.each(whoseOf(place))('of %s takes as long', async (whose) => {
      const [token] = callersOf(operation);
      const value = foreignValue(operation, place, foreign[whose]);
      const excess: number[] = [];
      let gapMsMax = TIMING_GAP_MS_MAX;
      for (let attempt = 0; attempt < TIMING_ATTEMPTS_MAX && !(Math.min(...excess) < gapMsMax); attempt++) {
        const times = await timeInTurn(['found', 'nothing', 'control'], TIMING_SAMPLES, async (group, index) => {
          const number = attempt * TIMING_SAMPLES + index + 1;
          const found = makesGame(operation) ? gameOnlyIn(foreign[whose].tenant, operation, number) : value;
          await ask(operation, place, group === 'found' ? found : unknownLike(value), token!);
        });
        const gapTo = (group: 'found' | 'control') => Math.abs(medianOf(times[group]) - medianOf(times.nothing));
        excess.push(gapTo('found') - gapTo('control'));
        gapMsMax = Math.max(TIMING_GAP_MS_MAX, TIMING_GAP_SHARE_MAX * medianOf(times.nothing));
      }
      expect(Math.min(...excess)).toBeLessThan(gapMsMax);
    });
  });

  describe.each(WHOSE)('%s', (whose) => {
    const withToken = (kind: 'session' | 'guardian') =>
      OPERATIONS.filter((operation: Operation) => operation.auth.includes(kind));

    it.each(['session', 'guardian'] as const)('has %s tokens that reach nothing here', async (kind) => {
      for (const operation of withToken(kind)) {
        const { params, body } = sampleOf(operation.operationId, own);
        const send = (token: string, ids: typeof params) =>
          gateway.send(operation.method, pathOf(operation, ids), { token, body: body ?? undefined });
        const found = await send(foreign[whose].credentials[kind], params);
        const nobody = Object.fromEntries(Object.entries(params).map(([name, id]) => [name, unknownLike(id)]));
        const nothing = await send(own.credentials[kind], nobody);
        expect(found.status).toBe(404);
        expect(told(found, 'none')).toEqual(told(nothing, 'none'));
      }
    });

    it('has players of its own under the same playerRef and the same document', async () => {
      const body = { ...CHILD, playerRef: 'in every world', nationalId: '001204000123' } as const;
      const verify = ({ tenant }: World) => gateway.call('createAgeVerification', { token: tenant.secretKey, body });
      const [here, there] = [await verify(own), await verify(foreign[whose])];
      expect(here.body.playerId).not.toBe(there.body.playerId);
    });

    it('noticed nothing of all this', async () => {
      const { credentials, ids, tenant } = foreign[whose];
      const beat = await gateway.send('POST', `/v1/sessions/${ids.sessionId}/heartbeats`, {
        token: credentials.session,
        body: { seq: 1, state: 'active' },
      });
      expect([beat.status, beat.body]).toMatchObject([200, { verdict: 'continue', seq: 1 }]);
      const ofPlayer = { token: tenant.secretKey, params: { playerId: ids.playerId } };
      expect((await gateway.call('getPlaytime', ofPlayer)).body.playerId).toBe(ids.playerId);
      const ofVerification = { token: tenant.secretKey, params: { verificationId: ids.verificationId } };
      expect((await gateway.call('getAgeVerification', ofVerification)).body.outcome).toBe('verified');
    });
  });
});
