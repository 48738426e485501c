// The streams that this process holds. It knows no ledger: a signal comes in, the streams it concerns pass it on.
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { SessionSignal } from './session-signal.ts';
import { SessionStream, type StreamSubject } from './session-stream.ts';

/** Sockets of one process; beyond it sessions do without, as their heartbeats allow. */
export const STREAMS_MAX = 50_000;
/** A reload or a change of network leaves an old one behind for a moment. */
export const STREAMS_OF_SESSION_MAX = 4;
/** Below the 30 s after which the most impatient proxies and mobile networks forget an idle connection. */
export const COMMENT_EVERY_MS = 20_000;
/** Sessions that ask anew because a policy changed are spread over so long: within the second, yet not all at once. */
export const RENEW_SPREAD_MS = 500;
const RENEW_TURN_MS = 10;
/** A session beats about so often by itself; whoever moves a clock in smaller steps goes at its pace. */
const CLOCK_LEAP_MS = 30_000;
/** Fewer than that in a turn are not worth a wait. */
const RENEWED_PER_TURN_MIN = 20;
/** How late a stream of an expired token may be closed. */
const LOOK_EVERY_MS = 1_000;

export interface SessionStreamsOptions {
  readonly nowOf: (world: World) => Instant;
  readonly streamsMax?: number;
  readonly commentEveryMs?: number;
}

export class SessionStreams {
  readonly #nowOf: (world: World) => Instant;
  readonly #streamsMax: number;
  readonly #commentEveryMs: number;
  readonly #bySession = new Map<string, Set<SessionStream>>();
  readonly #byPerson = new Map<string, Set<SessionStream>>();
  /** When each said something last, monotonic ms. */
  readonly #spokeAtMs = new Map<SessionStream, number>();
  /** Of a stream's world, when its clock was looked at last. */
  readonly #seenAt = new WeakMap<SessionStream, Instant>();
  readonly #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor({ commentEveryMs = COMMENT_EVERY_MS, nowOf, streamsMax = STREAMS_MAX }: SessionStreamsOptions) {
    this.#nowOf = nowOf;
    this.#streamsMax = streamsMax;
    this.#commentEveryMs = commentEveryMs;
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_EVERY_MS, commentEveryMs)).unref();
  }

  get count(): number {
    return this.#spokeAtMs.size;
  }

  /** Throws a Fault: `overloaded` where the process holds as many as it may or is ending. The oldest of a session gives way. */
  open(subject: StreamSubject, now: Instant): SessionStream {
    if (this.#isClosed || this.count >= this.#streamsMax) {
      throw new Fault('overloaded', 'This gateway holds as many streams as it may; heartbeats tell the same.');
    }
    const siblings = this.#bySession.get(subject.sessionId);
    if (siblings !== undefined && siblings.size >= STREAMS_OF_SESSION_MAX) [...siblings][0]!.close();
    const stream = new SessionStream(subject, now, (closed) => this.#forget(closed));
    add(this.#bySession, subject.sessionId, stream);
    if (subject.personId !== null) add(this.#byPerson, subject.personId, stream);
    this.#spokeAtMs.set(stream, performance.now());
    this.#seenAt.set(stream, now);
    return stream;
  }

  take(signal: SessionSignal): void {
    if (signal.kind === 'end') {
      for (const stream of this.#bySession.get(signal.sessionId) ?? []) stream.end(signal.reason);
      return;
    }
    for (const stream of this.#byPerson.get(signal.personId) ?? []) {
      if (stream.subject.sessionId !== signal.exceptSessionId) stream.renew();
    }
  }

  /** Has the sessions under these policies look again. */
  renewPolicies(policyIds: readonly string[]): void {
    const streams = [...this.#spokeAtMs.keys()].filter(({ subject }) => policyIds.includes(subject.policyId));
    const perTurn = Math.max(RENEWED_PER_TURN_MIN, Math.ceil((streams.length * RENEW_TURN_MS) / RENEW_SPREAD_MS));
    for (let turn = 0; turn * perTurn < streams.length; turn++) {
      const some = streams.slice(turn * perTurn, (turn + 1) * perTurn);
      setTimeout(() => some.forEach((stream) => void stream.renew()), turn * RENEW_TURN_MS).unref();
    }
  }

  /** A sandbox's clock was moved: a leap would outrun leases that are renewed in real time, so its sessions beat at once. */
  noticeClock(providerId: string): void {
    for (const stream of this.#spokeAtMs.keys()) {
      const { world } = stream.subject;
      if (world.mode !== 'test' || world.providerId !== providerId) continue;
      const now = this.#nowOf(world);
      const leaptMs = now - (this.#seenAt.get(stream) ?? now);
      this.#seenAt.set(stream, now);
      if (leaptMs >= CLOCK_LEAP_MS) stream.renew();
    }
  }

  /** Ends all of them, so that the process can end; none is opened afterwards. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const stream of [...this.#spokeAtMs.keys()]) stream.close();
  }

  #look(): void {
    const nowMs = performance.now();
    for (const [stream, spokeAtMs] of this.#spokeAtMs) {
      const { expiresAt, world } = stream.subject;
      if (this.#nowOf(world) >= expiresAt) {
        stream.close();
      } else if (nowMs - spokeAtMs >= this.#commentEveryMs) {
        stream.comment();
        this.#spokeAtMs.set(stream, nowMs);
      }
    }
  }

  #forget(stream: SessionStream): void {
    const { personId, sessionId } = stream.subject;
    remove(this.#bySession, sessionId, stream);
    if (personId !== null) remove(this.#byPerson, personId, stream);
    this.#spokeAtMs.delete(stream);
  }
}

function add(index: Map<string, Set<SessionStream>>, key: string, stream: SessionStream): void {
  const streams = index.get(key);
  if (streams === undefined) index.set(key, new Set([stream]));
  else streams.add(stream);
}

function remove(index: Map<string, Set<SessionStream>>, key: string, stream: SessionStream): void {
  const streams = index.get(key);
  streams?.delete(stream);
  if (streams?.size === 0) index.delete(key);
}
