// Where the gateway of the docs is. `https://playgate.example`, `pk_test_...` and `star-garden` stand for the address, key and
// game of a local gateway, whose clock stands: a snippet is run as it is printed.
import { startLocalGateway } from '@playgate/sdk/testing';

export const gateway = await startLocalGateway();
const { gameId: realGameId } = await gateway.createGame('00+');
const verified = await gateway.verifyPlayer('2010-05-01');
if (verified.ageToken === null) throw new Error('the player of the docs is not verified');

export const ageToken = verified.ageToken;
export const gatewayUrl = 'https://playgate.example';
export const publishableKey = 'pk_test_...';
export const gameId = 'star-garden';

process.env.PLAYGATE_SECRET_KEY = gateway.secretKey;
const overTheNetwork = globalThis.fetch;
globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers);
  if (headers.get('Authorization') === `Bearer ${publishableKey}`) {
    headers.set('Authorization', `Bearer ${gateway.publishableKey}`);
  }
  const body = typeof init.body === 'string' ? init.body.replaceAll(gameId, realGameId) : (init.body ?? null);
  return overTheNetwork(String(input).replace(gatewayUrl, gateway.url), { ...init, headers, body });
};
