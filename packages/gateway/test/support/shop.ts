import { ADMIN_TOKEN, type ManualClock, type Tenant, type TestGateway } from './test-gateway.ts';

const SECOND_MS = 1_000;

/** Internet cafés and their customers, over HTTP. */
export class Shop {
  readonly gateway: TestGateway;
  readonly clock: ManualClock;
  private guests = 0;

  constructor(gateway: TestGateway, clock: ManualClock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  async agent(hours: { opensAt?: string; closesAt?: string } = {}) {
    const body = { name: 'Quán Net', licenceNo: 'HN-0042', province: 'Hà Nội', ...hours };
    return (await this.gateway.call('createAgent', { token: ADMIN_TOKEN, body })).body;
  }

  async seat(agentKey: string, label: string) {
    return (await this.gateway.call('createStation', { token: agentKey, body: { label } })).body;
  }

  async tenant(mode: Tenant['mode'] = 'test', policyId = 'vn-147-2024') {
    const tenant = await this.gateway.createTenant(mode);
    const body = { gameId: 'sao', title: 'Sao', class: 'G1', rating: '00+', policyId } as const;
    await this.gateway.call('createGame', { token: tenant.secretKey, body });
    return tenant;
  }

  async guest({ secretKey: token }: Tenant, birthDate: string) {
    const phone = { phone: '+84901234567', phoneVerified: true };
    const body = { playerRef: `guest-${this.guests++}`, birthDate, method: 'attested', ...phone } as const;
    const { body: verified } = await this.gateway.call('createAgeVerification', { token, body });
    return { ageToken: verified.ageToken!, playerId: verified.playerId };
  }

  async start({ publishableKey: token }: Tenant, ageToken: string, stationToken: string, gameId = 'sao') {
    return (await this.gateway.call('openSession', { token, body: { ageToken, gameId, stationToken } })).body;
  }

  async play(tenant: Tenant, ageToken: string, stationToken: string, gameId = 'sao') {
    const opened = await this.start(tenant, ageToken, stationToken, gameId);
    if (opened.verdict === 'denied') throw new Error(opened.reason);
    const { sessionId, sessionToken: token } = opened;
    let seq = 0;
    const beat = async () => {
      seq += 1;
      const body = { seq, state: 'active' } as const;
      return (await this.gateway.call('recordHeartbeat', { token, params: { sessionId }, body })).body;
    };
    const playFor = async (ms: number) => {
      const until = this.clock.now() + ms;
      let answer = await beat();
      while (this.clock.now() < until && answer.verdict !== 'end') {
        this.clock.set(Math.min(until, this.clock.now() + 30 * SECOND_MS));
        answer = await beat();
      }
      return answer;
    };
    const close = (reason: string) =>
      this.gateway.call('closeSession', { token, params: { sessionId }, body: { reason } });
    return { opened, sessionId, beat, playFor, close };
  }

  async live(agentKey: string) {
    return (await this.gateway.call('listAgentSessions', { token: agentKey })).body.sessions;
  }

  end(agentKey: string, sessionId: string, reason = 'closing') {
    return this.gateway.call('endAgentSession', { token: agentKey, params: { sessionId }, body: { reason } });
  }

  async log(agentKey: string, query: Readonly<Record<string, string>> = {}) {
    return (await this.gateway.call('getAgentAccessLog', { token: agentKey, query })).body;
  }
}
