// A sandbox tenant to try the gateway with: made at the first start, kept at every later one. What is missing of an
// earlier start, a key that was revoked say, is made anew; nothing that is there is touched.
import { dayOf, type Instant, type Policy } from '@playgate/policy';
import type { Clock } from '../clock.ts';
import type { Game, Games, Keys, Players, Providers } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { WorldClock } from '../directory/world-clock.ts';
import type { VerificationService } from '../verification/verification-service.ts';
import { attestedRequestOf, DEMO_GAMES, DEMO_PLAYERS, DEMO_PROVIDER_NAME } from './demo-cast.ts';
import { type DemoCafe, type DemoFile, readDemoFile, setDemoFileAside } from './demo-file.ts';

export interface DemoSeedPorts {
  readonly providers: Providers;
  readonly keys: Pick<Keys, 'authenticate' | 'issueProviderKey'>;
  readonly games: Games;
  readonly players: Pick<Players, 'findProfile'>;
  readonly verifications: Pick<VerificationService, 'verifyAge'>;
  readonly worldClock: WorldClock;
  readonly defaultPolicyAt: (now: Instant) => Policy;
  readonly policyId: string;
  /** Real time. */
  readonly clock: Clock;
  /** Told where a file was put that could not be used. */
  readonly onFileSetAside: (path: string) => void;
}

/** All of demo.json but where the gateway is, which is known once it listens. */
export type Demo = Omit<DemoFile, 'adminToken' | 'baseUrl' | keyof DemoCafe>;

/** Rejects when the directory of tenants does. */
export async function seedDemo(ports: DemoSeedPorts, dataDir: string): Promise<Demo> {
  const before = await findBefore(ports, dataDir);
  const realNow = ports.clock.now();
  const providerId = before?.providerId ?? (await ports.providers.create(DEMO_PROVIDER_NAME, realNow)).providerId;
  const world: World = { providerId, mode: 'test' };
  return {
    providerId,
    secretKey: await keepKey(ports, world, 'secret', before?.secretKey),
    publishableKey: await keepKey(ports, world, 'publishable', before?.publishableKey),
    games: await keepGames(ports, world),
    players: await keepPlayers(ports, world, before?.players ?? []),
  };
}

/** The demo of an earlier start, if this gateway still knows it. */
async function findBefore(ports: DemoSeedPorts, dataDir: string): Promise<DemoFile | null> {
  const file = readDemoFile(dataDir);
  if (file === 'absent') return null;
  if (file !== 'damaged' && (await ports.providers.find(file.providerId)) !== null) return file;
  ports.onFileSetAside(setDemoFileAside(dataDir, ports.clock.now()));
  return null;
}

async function keepKey(
  { keys, clock }: DemoSeedPorts,
  world: World,
  kind: 'secret' | 'publishable',
  before: string | undefined,
): Promise<string> {
  if (before !== undefined) {
    const principal = await keys.authenticate(before);
    const isOurs = principal?.kind === kind && principal.world.providerId === world.providerId;
    if (isOurs && principal.world.mode === world.mode) return before;
  }
  const issued = await keys.issueProviderKey(world.providerId, kind, world.mode, clock.now());
  if (issued === null) throw new Error('the demo provider vanished while it was set up');
  return issued.key;
}

async function keepGames({ games, policyId, worldClock }: DemoSeedPorts, world: World): Promise<Demo['games']> {
  const kept: Game[] = [];
  for (const game of DEMO_GAMES) {
    const before = await games.find(world, game.gameId);
    kept.push(
      before ?? (await games.create(world, { ...game, policyId }, worldClock.nowOf(world))) ?? { ...game, policyId },
    );
  }
  return kept.map(({ gameId, title, rating }) => ({ gameId, title, rating }));
}

async function keepPlayers(
  { defaultPolicyAt, players, verifications, worldClock }: DemoSeedPorts,
  world: World,
  before: DemoFile['players'],
): Promise<Demo['players']> {
  const now = worldClock.nowOf(world);
  const today = dayOf(defaultPolicyAt(now).document.zone, now).date;
  const kept: Demo['players'] = [];
  for (const player of DEMO_PLAYERS) {
    const { note, playerRef } = player;
    const known = before.find((entry) => entry.playerRef === playerRef);
    const isKnown = known !== undefined && (await players.findProfile(world, known.playerId, now)) !== null;
    const { playerId } = isKnown ? known : await verifications.verifyAge(world, attestedRequestOf(player, today), now);
    kept.push({ playerRef, playerId, note });
  }
  return kept;
}
