// An internet café with an afternoon of play in it, and a regulator who may look at it, so that there are figures and evidence
// to look at from the first start on. The afternoon is played through the ledger like any other, yesterday.
import { dayOf, type Instant, instantOfWallTime, MINUTE_MS, type Policy, previousDate } from '@playgate/policy';
import type { Clock } from '../clock.ts';
import type { Agents, Keys, Regulators } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { WorldClock } from '../directory/world-clock.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { VerificationService } from '../verification/verification-service.ts';
import { attestedRequestOf, DEMO_GAMES, DEMO_PLAYERS } from './demo-cast.ts';
import { type DemoCafe, type DemoFile, readDemoFile } from './demo-file.ts';

export interface DemoCafePorts {
  readonly agents: Pick<Agents, 'create' | 'createStation' | 'find'>;
  readonly regulators: Pick<Regulators, 'create'>;
  readonly keys: Pick<Keys, 'authenticate'>;
  readonly sessions: Pick<SessionService, 'close' | 'heartbeats' | 'open'>;
  readonly verifications: Pick<VerificationService, 'verifyAge'>;
  readonly worldClock: WorldClock;
  readonly defaultPolicyAt: (now: Instant) => Policy;
  /** Real time. */
  readonly clock: Clock;
}

const AGENT = {
  name: 'Quán Net Sao Mai',
  licenceNo: 'HN-0001',
  province: 'Hà Nội',
  hours: { opensAt: '08:00', closesAt: '22:00' },
} as const;
const REGULATOR_NAME = 'Sở Văn hóa và Thể thao Hà Nội (demo)';
const OPENED_AT = '15:00';
/** Within the lease, so that all of it counts. */
const BEAT_EVERY_MS = MINUTE_MS;
/** Who plays what until when; who is stopped before has met the law. */
const AFTERNOON = [
  { playerRef: 'bao-11', gameId: DEMO_GAMES[0]!.gameId, minutes: 25 },
  { playerRef: 'an-15', gameId: DEMO_GAMES[0]!.gameId, minutes: 75 },
  { playerRef: 'linh-17', gameId: DEMO_GAMES[2]!.gameId, minutes: 40 },
  { playerRef: 'minh-15', gameId: DEMO_GAMES[1]!.gameId, minutes: 10 },
  { playerRef: 'hung-30', gameId: DEMO_GAMES[3]!.gameId, minutes: 90 },
] as const;

/** What is there of an earlier start is kept; a café is made with its afternoon. Rejects when the stores do. */
export async function seedDemoCafe(ports: DemoCafePorts, world: World, dataDir: string): Promise<DemoCafe> {
  const file = readDemoFile(dataDir);
  const before = file === 'absent' || file === 'damaged' ? null : file;
  const agent = (await keptAgent(ports, before)) ?? (await makeAgent(ports, world));
  return { agent, regulatorKey: await keepRegulatorKey(ports, world, before) };
}

async function keptAgent({ keys }: DemoCafePorts, before: DemoFile | null): Promise<DemoCafe['agent'] | null> {
  if (before?.agent === undefined) return null;
  const principal = await keys.authenticate(before.agent.agentKey);
  return principal?.kind === 'agent' && principal.agentId === before.agent.agentId ? before.agent : null;
}

async function keepRegulatorKey(
  { clock, keys, regulators }: DemoCafePorts,
  { providerId }: World,
  before: DemoFile | null,
): Promise<string> {
  if (before?.regulatorKey !== undefined) {
    const principal = await keys.authenticate(before.regulatorKey);
    if (principal?.kind === 'regulator') return before.regulatorKey;
  }
  return (await regulators.create(REGULATOR_NAME, { providerIds: [providerId] }, clock.now())).key;
}

async function makeAgent(ports: DemoCafePorts, world: World): Promise<DemoCafe['agent']> {
  const { agents, clock } = ports;
  const { agentId, key, province } = await agents.create(AGENT, clock.now());
  const seats: string[] = [];
  for (const [index] of AFTERNOON.entries()) {
    const station = await agents.createStation(agentId, `Máy ${index + 1}`, clock.now());
    if (station !== null) seats.push(station.stationToken);
  }
  await playAfternoon(ports, world, seats);
  return { agentId, agentKey: key, province };
}

interface Seated {
  readonly sessionId: string;
  readonly leavesAt: Instant;
  seq: number;
}

async function playAfternoon(ports: DemoCafePorts, world: World, seats: readonly string[]): Promise<void> {
  const { defaultPolicyAt, sessions, worldClock } = ports;
  const now = worldClock.nowOf(world);
  const { zone } = defaultPolicyAt(now).document;
  const startsAt = instantOfWallTime(zone, previousDate(dayOf(zone, now).date), OPENED_AT);
  const seated = await sitDown(ports, world, seats, startsAt);
  for (let at = startsAt + BEAT_EVERY_MS; seated.size > 0; at += BEAT_EVERY_MS) {
    const beats = [...seated].map((seat) => ({ sessionId: seat.sessionId, seq: ++seat.seq, state: 'active' as const }));
    const answers = await sessions.heartbeats(world, { beats }, at);
    for (const seat of [...seated]) {
      const answer = answers.find(({ sessionId }) => sessionId === seat.sessionId);
      const isStopped = answer !== undefined && 'verdict' in answer && answer.verdict === 'end';
      if (!isStopped && at < seat.leavesAt) continue;
      const enforcement = isStopped
        ? { enforcement: { verdictSeq: seat.seq, endedAt: new Date(at).toISOString() } }
        : {};
      await sessions.close(world, seat.sessionId, { reason: isStopped ? 'limit' : 'quit', ...enforcement }, at, null);
      seated.delete(seat);
    }
  }
}

/** One who may not play is refused at the counter. */
async function sitDown(
  { defaultPolicyAt, sessions, verifications }: DemoCafePorts,
  world: World,
  seats: readonly string[],
  startsAt: Instant,
): Promise<Set<Seated>> {
  const today = dayOf(defaultPolicyAt(startsAt).document.zone, startsAt).date;
  const seated = new Set<Seated>();
  for (const [index, { gameId, minutes, playerRef }] of AFTERNOON.entries()) {
    const player = DEMO_PLAYERS.find((each) => each.playerRef === playerRef)!;
    const { ageToken } = await verifications.verifyAge(world, attestedRequestOf(player, today), startsAt);
    if (ageToken === null) continue;
    const body = { ageToken, gameId, stationToken: seats[index]! };
    const answer = await sessions.open(world, body, startsAt, 'client');
    if (answer.verdict !== 'play') continue;
    seated.add({ sessionId: answer.sessionId, leavesAt: startsAt + minutes * MINUTE_MS, seq: 0 });
  }
  return seated;
}
