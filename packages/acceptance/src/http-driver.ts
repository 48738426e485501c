// A driver that is reached over HTTP, for integrations that run elsewhere: a browser, an engine, a phone on a cable.
//
//   GET  /about              -> {name, version, canAdvance?, canShoot?}
//   POST /plays              StartRequest -> {playId}
//   GET  /plays/{playId}     -> PlayState
//   POST /plays/{playId}/end -> {}
//   GET  /plays/{playId}/screenshot -> image/png
//   POST /advance            {ms} -> {}
import type { Driver, Play, PlayState, StartRequest } from './driver.ts';

/** An engine may have to load the game first. */
const CALL_MS_MAX = 60_000;

interface About {
  readonly name: string;
  readonly version: string;
  readonly canAdvance?: boolean;
  readonly canShoot?: boolean;
}

/** @throws Error when nothing that speaks this contract answers at the address */
export async function connectHttpDriver(url: string): Promise<Driver> {
  const base = url.replace(/\/+$/, '');
  const about = await call<About>(base, '/about');
  const start = async (request: StartRequest): Promise<Play> => {
    const { playId } = await call<{ readonly playId: string }>(base, '/plays', request);
    const path = `/plays/${encodeURIComponent(playId)}`;
    const screenshot = async () => new Uint8Array(await (await ask(base, `${path}/screenshot`)).arrayBuffer());
    return {
      state: () => call<PlayState>(base, path),
      end: async () => void (await call(base, `${path}/end`, {})),
      ...(about.canShoot === true && { screenshot }),
    };
  };
  const advance = async (ms: number) => void (await call(base, '/advance', { ms }));
  return { name: about.name, version: about.version, start, ...(about.canAdvance === true && { advance }) };
}

async function call<Reply>(base: string, path: string, body?: unknown): Promise<Reply> {
  return (await (await ask(base, path, body)).json()) as Reply;
}

async function ask(base: string, path: string, body?: unknown): Promise<Response> {
  const signal = AbortSignal.timeout(CALL_MS_MAX);
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${base}${path}`, body === undefined ? { signal } : { ...post, signal });
  if (!response.ok) throw new Error(`the driver answered ${response.status} to ${path}`);
  return response;
}
