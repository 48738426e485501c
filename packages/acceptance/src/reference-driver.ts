// The reference integration: a game without a picture that does with the SDK what every game has to. In virtual time.
import type { PlaySession } from '@playgate/sdk';
import { createPlayGuard } from '@playgate/sdk';
import { VirtualDevice, VirtualTime } from '@playgate/sdk/testing';
import packageJson from '../package.json' with { type: 'json' };
import type { Driver, Play, Shown, StartRequest } from './driver.ts';

const SECOND_MS = 1_000;

export function createReferenceDriver(): Driver {
  const time = new VirtualTime(Date.now());
  let devices = Math.floor(Math.random() * 2 ** 31);
  return {
    name: 'Playgate reference integration',
    version: packageJson.version,
    start: (request) => startGame(request, time, ++devices),
    advance: (ms) => time.advance(ms),
  };
}

async function startGame(request: StartRequest, time: VirtualTime, seed: number): Promise<Play> {
  const { ageToken, device: deviceId, gameId, gatewayUrl, publishableKey, stationToken } = request;
  const { platform } = new VirtualDevice(time, undefined, seed);
  const guard = createPlayGuard({ gatewayUrl, publishableKey, gameId, platform });
  const device = { id: deviceId };
  const start = { ageToken, device, ...(stationToken === undefined ? {} : { stationToken }) };
  const result = await time.until(guard.startSession(start));
  if (result.verdict === 'denied') {
    const { reason, text, rating = null } = result;
    return stoppedGame({ kind: 'denial', text, reason }, rating);
  }
  return runningGame(result.session, time);
}

function stoppedGame(shown: Shown, rating: string | null): Play {
  return { state: async () => ({ playing: false, rating, shown: [shown] }), end: async () => {} };
}

function runningGame(session: PlaySession, time: VirtualTime): Play {
  const shown: Shown[] = [];
  let playing = true;
  session.on('warning', ({ stepMs }) => void shown.push({ kind: 'warning', text: `Còn ${stepMs / SECOND_MS} giây` }));
  session.on('notice', ({ text }) => void shown.push({ kind: 'notice', text }));
  session.on('limitReached', ({ reason }) => void shown.push({ kind: 'save', text: 'Lưu lại ngay nhé', reason }));
  session.on('ended', ({ reason, text }) => {
    playing = false;
    shown.push({ kind: 'end', text: text ?? 'Hôm nay chơi đủ rồi', reason });
  });
  return {
    state: async () => ({ playing, rating: session.rating, shown: [...shown] }),
    end: () => time.until(session.end()),
  };
}
