// A Redis that cannot take more: its memory is at its limit, or the disk under its file is full.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { atMost, type Outcome, skippedBecause } from '../finding.ts';
import {
  type Play,
  type PlayOptions,
  playThrough,
  type Scenario,
  type Suffered,
  untilTaken,
  wait,
} from '../scenario.ts';
import type { Suite } from '../stage.ts';

const RED_MS_MAX = 5_000;
const RECOVERY_MS_MAX = 5_000;
const HEARD_MS_MAX = 15_000;
const FULL_MS = 4_000;
const DISK_MIB = 16;

const PLAY: PlayOptions = {
  players: 60,
  beatEveryMs: 250,
  bounds: { redMs: atMost(RED_MS_MAX), recoveryMs: atMost(RECOVERY_MS_MAX), takenWhileFull: atMost(0) },
};

/** Readiness has to turn red, nobody may be told that a beat was taken, and all goes on by itself. */
async function sufferFull(
  { players, stage }: Play,
  fill: () => Promise<void>,
  empty: () => Promise<void>,
): Promise<Suffered> {
  const total = () => players.reduce((all, { taken }) => all + taken, 0);
  await wait(1_500);
  await fill();
  const redMs = (await stage.msUntilReady(false, RED_MS_MAX * 2)) ?? Number.POSITIVE_INFINITY;
  const before = total();
  await wait(FULL_MS);
  const takenWhileFull = total() - before;
  await empty();
  const recoveryMs = await untilTaken(players, 1, HEARD_MS_MAX);
  await wait(1_000);
  return { measured: { redMs, recoveryMs, takenWhileFull } };
}

const maxmemory: Scenario = {
  name: 'maxmemory',
  targets: [12],
  what: 'Redis at its maxmemory: readiness turns red, no beat is said to be taken, it recovers by itself',
  run: (suite) =>
    playThrough(suite, PLAY, async (play) => {
      const redis = new Redis(play.stage.redis.url);
      const limit = (bytes: string) => async () => {
        await redis.config('SET', 'maxmemory', bytes);
      };
      try {
        return await sufferFull(play, limit('1mb'), limit('0'));
      } finally {
        redis.disconnect();
      }
    }),
};

const diskFull: Scenario = {
  name: 'disk-full',
  targets: [12],
  what: `the disk of Redis (a tmpfs of ${DISK_MIB} MiB) is full: as with maxmemory`,
  run: runOnSmallDisk,
};

async function runOnSmallDisk(suite: Suite): Promise<Outcome> {
  const run = promisify(execFile);
  const disk = mkdtempSync(path.join(tmpdir(), 'playgate-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]);
  } catch {
    rmSync(disk, { recursive: true });
    return skippedBecause('a tmpfs cannot be mounted: that needs root');
  }
  chmodSync(disk, 0o755);
  try {
    const ballast = path.join(disk, 'ballast');
    return await playThrough(suite, { ...PLAY, redisDirectory: disk }, (play) =>
      sufferFull(
        play,
        async () => fillDisk(ballast),
        async () => rmSync(ballast, { force: true }),
      ),
    );
  } finally {
    await run('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}

const CHUNK_BYTES = 4_096;

function fillDisk(file: string): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(CHUNK_BYTES), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export const FULL_SCENARIOS: readonly Scenario[] = [maxmemory, diskFull];
