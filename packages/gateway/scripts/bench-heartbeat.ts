// What a heartbeat costs between the socket and the ledger: node:http, the lane, the judge and the answer, in microseconds, without
// the kernel and without Redis, which answers at once here. The least of many short slices, so that a busy machine does not matter.
// node --conditions=@playgate/source packages/gateway/scripts/bench-heartbeat.ts
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Express } from 'express';
import type { BindPorts } from '../src/http/bind-operation.ts';
import type { Handlers } from '../src/http/handler.ts';
import { heartbeatLane } from '../src/http/heartbeat-lane.ts';
import { type Sessions, sessionRoutes } from '../src/http/routes/sessions.ts';
import { QUOTAS } from '../src/limits/quotas.ts';
import type { RateLimiter } from '../src/limits/rate-limiter.ts';
import { RequestLimits } from '../src/limits/request-limits.ts';
import { loadPolicies } from '../src/load-policies.ts';
import { AllowanceBook } from '../src/sessions/allowance-book.ts';
import { encodeContext } from '../src/sessions/session-context.ts';
import { SessionJudge, type SessionJudgeOptions } from '../src/sessions/session-judge.ts';
import type { BeatReply, BeatRequest } from '../src/sessions/session-store.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { openTelemetry } from '../src/telemetry/open-telemetry.ts';
import { HmacReceipts } from '../src/tokens/hmac-receipts.ts';
import { JoseSessionTokens } from '../src/tokens/jose-session-tokens.ts';

const CONNECTIONS = 64;
const SESSIONS = 500;
const SLICES = 150;
const TURNS_PER_SLICE = 4;
const POLICY_ID = 'vn-147-2024';
const NOW = Date.parse('2026-10-14T06:00:00.000Z');
const TOKEN_EXPIRES_AT = NOW + 86_400_000;
const LEASE_MS = 90_000;

const context = encodeContext({
  policyId: POLICY_ID,
  policyVersion: 1,
  ageBand: '16_17',
  isVerified: true,
  verifiedPhoneCountry: '+84',
  hasGuardian: false,
  rating: '12+',
  agentHours: null,
  guardianRules: null,
  isHumanKnown: false,
  adjustment: null,
  assurance: 'attested',
  protocol: 'client',
});
const claimsOf = (index: number) => ({
  sessionId: `ses_017${String(index).padStart(16, '0')}`,
  world: { providerId: 'prv_0123456789abcdef', mode: 'test' } as const,
  gameId: 'game',
  playerId: 'ply_0123456789abcdef',
  metered: true,
  context,
});

const recorded = ({ now, seq }: BeatRequest): BeatReply => ({
  status: 'recorded',
  seq: seq ?? 0,
  state: 'active',
  intervalMs: 30_000,
  lastBeatAt: now,
  leaseEndsAt: now + LEASE_MS,
  endedAt: null,
  endCause: null,
  limitAt: null,
  overrunMs: 0,
  closedAt: null,
  close: null,
  used: { game: 600_000, provider: 600_000, agent: 0, person: 0 },
  gameId: 'game',
  playerId: 'ply_0123456789abcdef',
  context,
  proof: `${seq},1,0,${NOW},${now},${NOW},0,0,0,,,2026-10-14,${NOW}-${now}`,
});

/** Takes answers as a socket does, and encodes them. */
class Client extends Duplex {
  answered = 0;
  readonly #room = Buffer.alloc(16_384);

  override _read(): void {}

  override _write(chunk: string, encoding: BufferEncoding, done: () => void): void {
    this.#room.write(chunk, encoding);
    this.answered += 1;
    done();
  }

  setTimeout = () => this;
}

async function openLane(tokens: JoseSessionTokens): Promise<RequestListener> {
  const receipts = new HmacReceipts([{ id: '0a0b0c0d', key: randomBytes(32) }]);
  const judge = new SessionJudge({
    store: { recordBeats: async (requests: readonly BeatRequest[]) => requests.map(recorded) },
    allowances: new AllowanceBook((await loadPolicies(POLICY_ID, null)).library),
    recovery: { issueReceipt: (sessionId: string, proof: string) => receipts.issue(sessionId, proof) },
    paceNow: () => 1,
  } as unknown as SessionJudgeOptions);
  const sessions = { heartbeat: judge.heartbeat.bind(judge) } as unknown as Sessions;
  const ports = {
    sessionTokens: tokens,
    nowOf: () => NOW,
    limits: new RequestLimits({ quotas: QUOTAS, shared: { isAway: () => false } as unknown as RateLimiter }),
    watchSteps: () => null,
    tracing: { draws: () => false },
    onAnswered: createMetrics(openTelemetry({ otlpUrl: null, traceRatio: 0 })).requestAnswered,
  } as unknown as BindPorts;
  const app = (() => {
    throw new Error('a heartbeat did not take the lane');
  }) as unknown as Express;
  return heartbeatLane({ app, handlers: sessionRoutes({ sessions }) as unknown as Handlers, ports });
}

const tokens = new JoseSessionTokens({ issuer: 'http://localhost', keys: [{ id: 'key', key: randomBytes(32) }] });
const server = createServer(await openLane(tokens));
const heads: string[] = [];
for (let index = 0; index < SESSIONS; index++) {
  const token = await tokens.issue(claimsOf(index), TOKEN_EXPIRES_AT, NOW);
  await tokens.verify(token);
  const path = `/v1/sessions/${claimsOf(index).sessionId}/heartbeats`;
  const headers = `host: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\n`;
  heads.push(`POST ${path} HTTP/1.1\r\n${headers}`);
}
const clients = Array.from({ length: CONNECTIONS }, () => {
  const client = new Client({ decodeStrings: false });
  server.emit('connection', client);
  return client;
});
let seq = 0;

/** Each connection sends one heartbeat, and waits for its answer. */
async function beatOnce(): Promise<void> {
  const expected = clients[0]!.answered + 1;
  for (const client of clients) {
    const body = `{"seq":${++seq},"state":"active"}`;
    client.push(Buffer.from(`${heads[seq % SESSIONS]}content-length: ${body.length}\r\n\r\n${body}`, 'latin1'));
  }
  while (clients.some(({ answered }) => answered < expected)) await nextTurn();
}

const sliceUs: number[] = [];
for (let slice = 0; slice < 2 * SLICES; slice++) {
  const startedAt = performance.now();
  for (let turn = 0; turn < TURNS_PER_SLICE; turn++) await beatOnce();
  // The first half warms up.
  if (slice >= SLICES) sliceUs.push(((performance.now() - startedAt) * 1000) / (TURNS_PER_SLICE * CONNECTIONS));
}
console.log(
  JSON.stringify({ program: 'a heartbeat without kernel and Redis', us: Number(Math.min(...sliceUs).toFixed(1)) }),
);
process.exit(0);
