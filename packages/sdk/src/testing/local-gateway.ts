// The real gateway in this process, its clock the virtual one. The package `@playgate/gateway` is looked for at run time: who
// tests without it does not install it, and the SDK never depends on it.
import { birthdayOf, type CalendarDate, dayOf, instantOfWallTime, nextDate } from '@playgate/policy';
import type { Rating } from '../answers.ts';
import { requestJson } from './request-json.ts';
import { type GuardDefaults, VirtualDevice } from './virtual-device.ts';
import { VirtualTime } from './virtual-time.ts';

/** A name that bundlers and compilers do not follow. */
const GATEWAY_MODULE: string = '@playgate/gateway/local';
/** Of the policy that ships as the default. */
const ZONE = 'Asia/Ho_Chi_Minh';
const PHONE = '+84901234567';
const NIGHT = '00:00';

/** What `@playgate/gateway/local` offers. */
interface LocalModule {
  startLocalGateway(options: {
    readonly now: () => number;
    readonly databaseTemplate?: string | undefined;
  }): Promise<LocalProcess>;
}

interface LocalProcess {
  readonly baseUrl: string;
  readonly adminToken: string;
  stop(): Promise<void>;
}

export interface LocalGatewayOptions {
  /** RFC 3339; default 10:00 of a day in Vietnam. */
  readonly startAt?: string;
  /** Path of a dump of an empty database; default: the gateway's own. */
  readonly databaseTemplate?: string;
}

export interface LocalGame {
  readonly gameId: string;
}

export interface LocalPlayer {
  readonly playerId: string;
  readonly playerRef: string;
  readonly outcome: string;
  /** Null: not verified; a start with it is refused. */
  readonly ageToken: string | null;
}

/** A seat of an internet café. */
export interface LocalStation {
  readonly agentKey: string;
  readonly stationToken: string;
}

/** @throws Error that says what to install when `@playgate/gateway` is not there */
export async function startLocalGateway(options: LocalGatewayOptions = {}): Promise<LocalGateway> {
  const { databaseTemplate, startAt } = options;
  const time = new VirtualTime(startAt);
  const { startLocalGateway: start } = await loadGateway();
  const gateway = await start({ now: () => time.now, databaseTemplate });
  const created = await requestJson(gateway.baseUrl, 'POST /v1/admin/providers', gateway.adminToken, { name: 'Tests' });
  const providerId = String(created.providerId);
  const issue = async (kind: 'secret' | 'publishable') => {
    const path = `POST /v1/admin/providers/${providerId}/keys` as const;
    return String((await requestJson(gateway.baseUrl, path, gateway.adminToken, { kind, mode: 'test' })).key);
  };
  const keys = { secretKey: await issue('secret'), publishableKey: await issue('publishable') };
  return new LocalGateway({ ...gateway, ...keys, time });
}

async function loadGateway(): Promise<LocalModule> {
  try {
    return (await import(/* @vite-ignore */ GATEWAY_MODULE)) as LocalModule;
  } catch (cause) {
    throw new Error(`startLocalGateway needs the package @playgate/gateway beside the SDK`, { cause });
  }
}

interface LocalParts extends LocalProcess {
  readonly time: VirtualTime;
  readonly secretKey: string;
  readonly publishableKey: string;
}

export class LocalGateway {
  readonly url: string;
  /** Of the gateway and of every device made here. */
  readonly time: VirtualTime;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly #adminToken: string;
  readonly #stop: () => Promise<void>;
  #count = 0;

  /** @internal `startLocalGateway` makes it. */
  constructor({ adminToken, baseUrl, publishableKey, secretKey, stop, time }: LocalParts) {
    this.url = baseUrl;
    this.time = time;
    this.secretKey = secretKey;
    this.publishableKey = publishableKey;
    this.#adminToken = adminToken;
    this.#stop = stop;
  }

  async createGame(rating: Rating = '00+'): Promise<LocalGame> {
    const reply = await this.request('POST /v1/games', { title: 'Game', class: 'G1', rating });
    return { gameId: String(reply.gameId) };
  }

  /**
   * With a phone number and a parent, so that nothing but the age decides.
   * @param bornOn YYYY-MM-DD
   */
  async verifyPlayer(bornOn: CalendarDate, playerRef = `player-${++this.#count}`): Promise<LocalPlayer> {
    const consentedAt = new Date(this.time.now).toISOString();
    const body = {
      playerRef,
      method: 'attested',
      birthDate: bornOn,
      phone: PHONE,
      phoneVerified: true,
      guardian: { relationship: 'parent', phone: PHONE, consentedAt },
    };
    const { ageToken, outcome, playerId } = await this.request('POST /v1/age-verifications', body);
    const token = typeof ageToken === 'string' ? ageToken : null;
    return { playerRef, playerId: String(playerId), outcome: String(outcome), ageToken: token };
  }

  /** Opening hours as wall-clock times; the law allows no wider ones than 08:00 to 22:00. */
  async createStation(opensAt = '08:00', closesAt = '22:00'): Promise<LocalStation> {
    const agent = { name: 'Café', licenceNo: `L-${++this.#count}`, province: 'Hà Nội', opensAt, closesAt };
    const { key } = await requestJson(this.url, 'POST /v1/admin/agents', this.#adminToken, agent);
    const agentKey = String(key);
    const { stationToken } = await requestJson(this.url, 'POST /v1/stations', agentKey, { label: '1' });
    return { agentKey, stationToken: String(stationToken) };
  }

  /** Counts as played today without anybody playing; negative: given back as the mending of an error. */
  async addPlay(player: LocalPlayer, game: LocalGame, deltaMs: number): Promise<void> {
    const { date } = dayOf(ZONE, this.time.now);
    const body = { date, gameId: game.gameId, deltaMs, reason: 'error: set up by a test' };
    await this.request(`POST /v1/players/${player.playerId}/corrections`, body);
  }

  /** What the gateway counted today, over all games. */
  async playedMs(player: LocalPlayer): Promise<number> {
    const { date } = dayOf(ZONE, this.time.now);
    return Number((await this.request(`GET /v1/players/${player.playerId}/playtime?date=${date}`)).totalMs);
  }

  /** Any call of the provider's server. @throws Error with the problem's code when it is refused */
  request(call: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`, body?: unknown): Promise<Record<string, unknown>> {
    return requestJson(this.url, call, this.secretKey, body);
  }

  createDevice(): VirtualDevice {
    return new VirtualDevice(this.time, undefined, ++this.#count);
  }

  guardOptions({ gameId }: LocalGame, device = this.createDevice()): GuardDefaults {
    return { gatewayUrl: this.url, publishableKey: this.publishableKey, gameId, platform: device.platform };
  }

  /** On to the next local midnight; sessions that run go on running. */
  async passMidnight(): Promise<void> {
    const { date } = dayOf(ZONE, this.time.now);
    await this.time.advanceTo(instantOfWallTime(ZONE, nextDate(date), NIGHT));
  }

  /** On to the first instant at which somebody born on that date is so old. */
  async passBirthday(bornOn: CalendarDate, age: number): Promise<void> {
    await this.time.advanceTo(instantOfWallTime(ZONE, birthdayOf(bornOn, age), NIGHT));
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
