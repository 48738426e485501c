// Children who play, as many at any time: a session is opened, played for a while, closed or left without a word, and the next one
// begins, until the player's day is used up and a new one takes the place.
import { randomUUID } from 'node:crypto';
import type { HttpAnswer } from '../bench/load/http-connection.ts';
import { requestHead } from '../bench/load/workload.ts';
import type { Api } from './api.ts';
import type { PlayOrder } from './messages.ts';
import type { Tally } from './tally.ts';

/** Short, so that twenty minutes see tens of thousands of sessions. */
const SESSION_MS = { min: 30_000, max: 170_000 } as const;
const SILENT_SHARE = 0.05;
/** A beat in so many says that the game is paused. */
const PAUSE_EVERY = 20;
/** A player in so many plays the game whose day is short. */
const SHORT_EVERY = 4;
const OPENED_AT_ONCE = 8;
/** Sessions whose place is being taken at any time; beyond it they are played on, so that a standstill is followed by no rush. */
const LEAVING_MAX = 16;
const AGE_YEARS = 17;
/** Of every answer of the ledger; what rests on a lease is no answer of it. */
const LIVE = '"source":"live"';
const ENDS = '"verdict":"end"';
const RECEIPT = /"receipt":"([^"]+)"/;

interface Player {
  readonly gameId: string;
  readonly playerId: string;
  readonly ageToken: string;
}

export interface Playing {
  readonly player: Player;
  readonly sessionId: string;
  readonly token: string;
  readonly head: string;
  readonly leavesAt: number;
  seq: number;
  receipt: string | null;
  isUnderWay: boolean;
}

export class Players {
  readonly #order: PlayOrder;
  readonly #api: Api;
  readonly #tally: () => Tally;
  readonly #playing: Playing[] = [];
  #turn = 0;
  #leaving = 0;
  #names = 0;

  constructor(order: PlayOrder, api: Api, tally: () => Tally) {
    this.#order = order;
    this.#api = api;
    this.#tally = tally;
  }

  get live(): number {
    return this.#playing.length;
  }

  async openAll(): Promise<void> {
    let left = this.#order.sessions;
    const openNext = async () => {
      while (left-- > 0) await this.#start(await this.#newPlayer());
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openNext));
  }

  /** Whose turn it is to beat; null: nobody is free. Who has played long enough leaves. */
  next(now: number): Playing | null {
    for (let looks = this.#playing.length; looks > 0; looks--) {
      this.#turn %= this.#playing.length;
      const session = this.#playing[this.#turn]!;
      const plays = now < session.leavesAt || this.#leaving >= LEAVING_MAX;
      if (!session.isUnderWay && plays) return session;
      if (session.isUnderWay) this.#turn += 1;
      else {
        this.#remove(session);
        void this.#leave(session, Math.random() < SILENT_SHARE ? 'silent' : 'quit');
      }
    }
    return null;
  }

  /** The next heartbeat, rendered. */
  beat(session: Playing): string {
    session.isUnderWay = true;
    session.seq += 1;
    const state = session.seq % PAUSE_EVERY === 0 ? 'paused' : 'active';
    const receipt = session.receipt === null ? '' : `,"receipt":"${session.receipt}"`;
    const body = `{"seq":${session.seq},"state":"${state}"${receipt}}`;
    return `${session.head}content-length: ${body.length}\r\n\r\n${body}`;
  }

  answered(session: Playing, { body, status }: HttpAnswer, tally: Tally): void {
    session.isUnderWay = false;
    tally.count('answered');
    if (status !== 200 || !body.includes(LIVE)) {
      tally.fail(`heartbeat: ${status} ${body}`);
      return;
    }
    session.receipt = RECEIPT.exec(body)?.[1] ?? session.receipt;
    if (!body.includes(ENDS)) return;
    tally.count('spent');
    this.#remove(session);
    void this.#leave(session, 'limit');
  }

  /** Somebody looks at the books of a player, as a guardian's page does. */
  async lookUp(): Promise<void> {
    const session = this.#playing[Math.floor(Math.random() * this.#playing.length)];
    if (session === undefined) return;
    const path = `/v1/players/${session.player.playerId}/playtime`;
    await this.#api.call({ method: 'GET', path, token: this.#order.secretKey });
  }

  async #leave(session: Playing, how: 'quit' | 'silent' | 'limit'): Promise<void> {
    this.#leaving += 1;
    if (how === 'silent') this.#tally().count('silent');
    else await this.#close(session, how);
    await this.#start(how === 'limit' ? await this.#newPlayer() : session.player);
    this.#leaving -= 1;
  }

  async #close({ receipt, seq, sessionId, token }: Playing, reason: 'quit' | 'limit'): Promise<void> {
    const enforcement = { verdictSeq: seq, endedAt: new Date().toISOString() };
    const body = { reason, ...(receipt !== null && { receipt }), ...(reason === 'limit' && { enforcement }) };
    await this.#api.insist({ method: 'POST', path: `/v1/sessions/${sessionId}/close`, token, body });
    this.#tally().count('closed');
  }

  async #start(first: Player): Promise<void> {
    let player = first;
    for (;;) {
      const reply = await this.#api.insist({
        method: 'POST',
        path: '/v1/sessions',
        token: this.#order.publishableKey,
        body: { ageToken: player.ageToken, gameId: player.gameId, device: { id: `soak-${player.playerId}` } },
        headers: { 'idempotency-key': randomUUID() },
      });
      if (reply.status === 201) return this.#add(player, reply.body as unknown as OpenedSession);
      this.#tally().count('spent');
      player = await this.#newPlayer();
    }
  }

  #add(player: Player, { receipt, sessionId, sessionToken }: OpenedSession): void {
    this.#tally().count('opened');
    this.#playing.push({
      player,
      sessionId,
      token: sessionToken,
      head: requestHead(`/v1/sessions/${sessionId}/heartbeats`, { authorization: `Bearer ${sessionToken}` }),
      leavesAt: performance.now() + SESSION_MS.min + Math.random() * (SESSION_MS.max - SESSION_MS.min),
      seq: 0,
      receipt: receipt ?? null,
      isUnderWay: false,
    });
  }

  #remove(session: Playing): void {
    const last = this.#playing.pop()!;
    if (last !== session) this.#playing[this.#playing.indexOf(session)] = last;
  }

  async #newPlayer(): Promise<Player> {
    const name = ++this.#names;
    const born = `${new Date().getUTCFullYear() - AGE_YEARS}-01-01`;
    const reply = await this.#api.insist({
      method: 'POST',
      path: '/v1/age-verifications',
      token: this.#order.secretKey,
      body: {
        playerRef: `soak-${name}`,
        method: 'attested',
        birthDate: born,
        phone: '+84901234567',
        phoneVerified: true,
      },
    });
    this.#tally().count('verified');
    const gameId = name % SHORT_EVERY === 0 ? this.#order.shortGameId : this.#order.gameId;
    return { ...(reply.body as unknown as Omit<Player, 'gameId'>), gameId };
  }
}

interface OpenedSession {
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly receipt?: string;
}
