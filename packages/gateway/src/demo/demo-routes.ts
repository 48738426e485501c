// The page at /demo and the little that it asks for. The routes stand in for a provider's server, so they take no key and reach
// nothing but the demo's test world; the browser gets the publishable key only.
import { limits } from '@playgate/contract';
import { DAY_MS, dayOf, formatInstant, type Instant, instantOfWallTime, nextDate, type Policy } from '@playgate/policy';
import express, { type Express, type Request, Router } from 'express';
import * as z from 'zod';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { staticPage } from '../http/static-page.ts';
import type { SessionService } from '../sessions/session-service.ts';
import { assessIdentity } from '../verification/assess-identity.ts';
import type { VerificationService } from '../verification/verification-service.ts';
import { attestedRequestOf, DEMO_PLAYERS, type DemoPlayer } from './demo-cast.ts';
import { DemoClock, type DemoClockPorts, type DemoTime } from './demo-clock.ts';
import { rulesOf } from './demo-rules.ts';
import type { Demo } from './seed-demo.ts';

export interface DemoRoutePorts extends DemoClockPorts {
  readonly sessions: Pick<SessionService, 'playtime'>;
  readonly verifications: Pick<VerificationService, 'verifyAge'>;
  readonly defaultPolicyAt: (now: Instant) => Policy;
}

/** A request of the page holds a name or a number. */
const BODY_BYTES_MAX = 1_024;
const LATEST_AT = Date.parse(limits.SANDBOX_CLOCK_TO);

const playerRef = z.string().max(limits.PLAYER_REF_LENGTH_MAX);
const ageTokenBody = z.strictObject({ playerRef });
const playtimeQuery = z.strictObject({ playerRef });
/** `at`: the next such time of day in the zone of the policy. `run`: a moved clock goes on, see DemoClock. */
const clockBody = z.union([
  z.strictObject({ advanceMs: z.int().min(0).max(DAY_MS) }),
  z.strictObject({ at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM') }),
  z.strictObject({ real: z.literal(true) }),
  z.strictObject({ run: z.literal(true) }),
]);

/** Serves the demo under /demo. Faults go to the application's own answer. */
export function mountDemo(app: Express, ports: DemoRoutePorts, demo: Demo): void {
  app.use('/demo/api', demoApi(ports, demo));
  app.use('/demo', staticPage('@playgate/demo'));
}

function demoApi(ports: DemoRoutePorts, demo: Demo): Router {
  const world: World = { providerId: demo.providerId, mode: 'test' };
  const clock = new DemoClock(ports, world);
  const router = Router();
  router.use(express.json({ limit: BODY_BYTES_MAX }));
  router.get('/state', (_request, response) => {
    response.json(describeDemo(ports, demo, clock.tell()));
  });
  router.post('/age-token', async (request, response) => {
    const player = findPlayer(parse(ageTokenBody, bodyOf(request), 'body').playerRef);
    response.json(await verify(ports, world, { player, now: clock.tell().now }));
  });
  router.post('/clock', async (request, response) => {
    const body = parse(clockBody, bodyOf(request), 'body');
    response.json(timeOf(await setClock(clock, body, ports.defaultPolicyAt)));
  });
  router.get('/playtime', async (request, response) => {
    const player = findPlayer(parse(playtimeQuery, request.query, 'query').playerRef);
    const playerId = demo.players.find((entry) => entry.playerRef === player.playerRef)?.playerId ?? '';
    response.json(await ports.sessions.playtime(world, playerId, undefined, clock.tell().now));
  });
  return router;
}

function describeDemo({ defaultPolicyAt }: DemoRoutePorts, { games, publishableKey }: Demo, time: DemoTime) {
  const policy = defaultPolicyAt(time.now);
  const { zone } = policy.document;
  const today = dayOf(zone, time.now).date;
  const players = DEMO_PLAYERS.map((player) => {
    const { birthDate, phone = null } = attestedRequestOf(player, today);
    const isGuarded = attestedRequestOf(player, today).guardian !== undefined;
    const identity = { birthDate, phone: phone === null ? null : { number: phone, verified: true }, isGuarded };
    const { ageBand, outcome } = assessIdentity(identity, policy.document, time.now);
    return { playerRef: player.playerRef, note: player.note, age: player.age, outcome, ageBand };
  });
  return { ...timeOf(time), zone, publishableKey, games, players, rules: rulesOf(policy) };
}

const timeOf = ({ mode, now }: DemoTime) => ({ now: formatInstant(now), mode });

async function verify(
  { defaultPolicyAt, verifications }: DemoRoutePorts,
  world: World,
  { player, now }: { readonly player: DemoPlayer; readonly now: Instant },
) {
  const today = dayOf(defaultPolicyAt(now).document.zone, now).date;
  const result = await verifications.verifyAge(world, attestedRequestOf(player, today), now);
  const { ageBand, ageToken, ageTokenExpiresAt, outcome, playerId } = result;
  const expiresAt = ageTokenExpiresAt === null ? null : formatInstant(ageTokenExpiresAt);
  return { playerId, outcome, ageBand, ageToken, ageTokenExpiresAt: expiresAt };
}

function setClock(
  clock: DemoClock,
  body: z.output<typeof clockBody>,
  defaultPolicyAt: DemoRoutePorts['defaultPolicyAt'],
): Promise<DemoTime> {
  if ('real' in body) return clock.release();
  if ('run' in body) return clock.run();
  return clock.move((now) => {
    const to = 'at' in body ? nextWallTime(defaultPolicyAt(now).document.zone, body.at, now) : now + body.advanceMs;
    if (to > LATEST_AT) throw new Fault('unprocessable', `The clock goes up to ${limits.SANDBOX_CLOCK_TO}.`);
    return to;
  });
}

function nextWallTime(zone: string, time: string, now: Instant): Instant {
  const { date } = dayOf(zone, now);
  const at = instantOfWallTime(zone, date, time);
  return at > now ? at : instantOfWallTime(zone, nextDate(date), time);
}

function findPlayer(ref: string): DemoPlayer {
  const player = DEMO_PLAYERS.find((candidate) => candidate.playerRef === ref);
  if (player === undefined) throw new Fault('not_found', 'The demo has no such player.');
  return player;
}

/** JSON by name only: a page of another origin cannot send that unasked. */
function bodyOf(request: Request): unknown {
  if (request.is('application/json') === false) {
    throw new Fault('unsupported_media_type', 'The Content-Type must be application/json.');
  }
  return request.body;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, part: 'body' | 'query'): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ message, path: at }) => ({ path: [part, ...at].join('.'), message }));
  throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', fields);
}
