// The same sessions as requests to the gateway, to the baselines, and as commands to Redis.
import { createHash } from 'node:crypto';
import { BEAT_SCRIPT, beatCall } from '../baselines/beat-call.ts';
import type { PipelinedCommand } from '../load/messages.ts';
import { requestHead, SEQ, SEQ_LENGTH, type WorkloadFile } from '../load/workload.ts';
import type { World } from '../world.ts';
import type { SeededSession } from './seed.ts';

const ACTIVE_BEAT = `{"seq":${SEQ},"state":"active"}`;
/** Part of every right answer of a baseline. */
export const RECORDED = '"status":"recorded"';
export const BEATS_PER_BATCH = 500;
/** Stand for a number and an instant while a command is cut in pieces; each once, at its true length. */
const SEQ_PLACE = Number('4'.repeat(SEQ_LENGTH));
const NOW_PLACE = 1000000000007;

/** Single heartbeats, as the gateway and the Express server take them. */
export async function heartbeats(
  world: World,
  sessions: readonly SeededSession[],
  expect: string,
): Promise<WorkloadFile> {
  const { tokens } = await world.gateway.openTokens();
  const { claims, tokenExpiresAt } = world.template;
  const now = Date.now();
  const requests = await Promise.all(
    sessions.map(async ({ playerId, sessionId }) => {
      const token = await tokens.issue(
        {
          sessionId,
          playerId,
          world: { providerId: claims.prv, mode: claims.mode },
          gameId: claims.gam,
          metered: claims.met,
          context: claims.ctx,
        },
        tokenExpiresAt,
        now,
      );
      const path = `/v1/sessions/${sessionId}/heartbeats`;
      return { head: requestHead(path, { authorization: `Bearer ${token}` }), body: ACTIVE_BEAT };
    }),
  );
  return { requests, expect };
}

export function bareHeartbeats(world: World, sessions: readonly SeededSession[]): WorkloadFile {
  const requests = sessions.map(({ sessionKey }) => ({
    head: requestHead('/', {}),
    body: `{"key":"${sessionKey}","world":"${world.template.world}","seq":${SEQ}}`,
  }));
  return { requests, expect: RECORDED };
}

/** Of a game server, a batch after the other over all its sessions. */
export function batches(world: World, sessions: readonly SeededSession[]): WorkloadFile {
  const head = requestHead('/v1/heartbeats', { authorization: `Bearer ${world.gateway.demo.secretKey}` });
  const requests = [];
  for (let from = 0; from + BEATS_PER_BATCH <= sessions.length; from += BEATS_PER_BATCH) {
    const beats = sessions
      .slice(from, from + BEATS_PER_BATCH)
      .map(({ sessionId }) => `{"sessionId":"${sessionId}","seq":${SEQ},"state":"active"}`);
    requests.push({ head, body: `{"beats":[${beats.join(',')}]}` });
  }
  // A beat that is not answered with a verdict has a code.
  return { requests, expect: '"verdict":"continue"', reject: '"code":' };
}

export function pipelinedBeats(world: World, sessions: readonly SeededSession[]): readonly PipelinedCommand[] {
  const sha = createHash('sha1').update(BEAT_SCRIPT).digest('hex');
  return sessions.map(({ sessionKey }) => {
    const [key, ...values] = beatCall(sessionKey, world.template.world, SEQ_PLACE, NOW_PLACE);
    const words = ['EVALSHA', sha, '1', key, ...values.map(String)];
    const text = `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
    const [start, rest] = text.split(String(SEQ_PLACE)) as [string, string];
    return [start, ...rest.split(String(NOW_PLACE))] as unknown as PipelinedCommand;
  });
}
