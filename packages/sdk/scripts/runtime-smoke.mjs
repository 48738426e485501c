// What a game and its server do, in whatever runtime runs this beside the installed package. Throws when something is wrong.
import { createPlayGuard } from '@playgate/sdk';
import { createPlaygateServer, WebhookVerificationError } from '@playgate/sdk/server';

const { gatewayUrl, publishableKey, secretKey } = JSON.parse(globalThis.process.env.PLAYGATE_SMOKE);

function expect(isSo, what) {
  if (!isSo) throw new Error(`not so: ${what}`);
}

const playgate = createPlaygateServer({ gatewayUrl, secretKey });
const { gameId } = await playgate.games.create({ title: 'Smoke', class: 'G1', rating: '00+' });
const phone = { phone: '+84901234567', phoneVerified: true };
const facts = { method: 'attested', birthDate: '2009-05-01', ...phone };
const { ageToken } = await playgate.ages.verify({ playerRef: crypto.randomUUID(), ...facts });

const guard = createPlayGuard({ gatewayUrl, publishableKey, gameId });
const result = await guard.startSession({ ageToken });
expect(result.verdict === 'play', 'the player may play');
const { session } = result;
const { remainingMs } = session.getRemaining();
expect(remainingMs > 0 && remainingMs <= 3_600_000, 'time is left');
const ended = new Promise((resolve) => void session.on('ended', resolve));
expect((await playgate.mayPlay(session.sessionId)).mayPlay, 'the server lets the player act');
await session.end();
expect((await ended).by === 'game', 'the end is told');
expect(!(await playgate.mayPlay('ses_unknown')).mayPlay, 'nobody else may act');

const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': `${Math.floor(Date.now() / 1_000)}` };
const forged = { ...headers, 'webhook-signature': `v1,${btoa('forged')}` };
const fault = await playgate.webhooks
  .verify('{}', forged, `whsec_${btoa('a secret of the test')}`)
  .catch((error) => error);
expect(fault instanceof WebhookVerificationError, 'a forged webhook is refused');

playgate.beats.stop();
console.log('ok');
