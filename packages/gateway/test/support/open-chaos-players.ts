import { bornYearsAgo } from './birth-dates.ts';
import { ChaosPlayer } from './chaos-player.ts';
import type { GatewayProcess } from './gateway-process.ts';

const GAME = { gameId: 'sao', title: 'Sao', class: 'G1', rating: '00+' } as const;

async function post<Body>(url: string, token: string, body: object): Promise<Body> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return (await response.json()) as Body;
}

/** Children of a new provider, each with a session in a live world. */
export async function openChaosPlayers(
  gateway: Pick<GatewayProcess, 'baseUrl'>,
  adminToken: string,
  count: number,
): Promise<readonly ChaosPlayer[]> {
  const at = (place: string) => `${gateway.baseUrl}/v1/${place}`;
  const { providerId } = await post<{ providerId: string }>(at('admin/providers'), adminToken, { name: 'Studio' });
  const keys = at(`admin/providers/${providerId}/keys`);
  const { key } = await post<{ key: string }>(keys, adminToken, { kind: 'secret', mode: 'live' });
  await post(at('games'), key, GAME);
  const opening = Array.from({ length: count }, async (_, index) => {
    const phone = { phone: `+8490000${1000 + index}`, phoneVerified: true };
    const child = { playerRef: `child-${index}`, method: 'attested', birthDate: bornYearsAgo(16), ...phone };
    const { ageToken } = await post<{ ageToken: string }>(at('age-verifications'), key, child);
    const body = { ageToken, gameId: GAME.gameId };
    const opened = await post<{ sessionId: string; sessionToken: string }>(at('sessions'), key, body);
    return new ChaosPlayer(() => gateway.baseUrl, opened);
  });
  return Promise.all(opening);
}
