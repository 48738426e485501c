// From a call of `startSession` to a session that runs: joins the tabs that are there, goes on with what a reload left
// behind, or asks the gateway for a new session.
import { openOrResume } from './open-session.ts';
import { check, type ResolvedOptions } from './options.ts';
import type { StartOptions, StartResult } from './play-guard.ts';
import type { AnySessionEvent } from './session/events.ts';
import { HeartbeatLoop } from './session/heartbeat-loop.ts';
import { type PlaySession, startPlaySession } from './session/play-session.ts';
import type { CreateLoop, JoinedTabs, LoadTabs, Running } from './tabs/tab-sharing.ts';
import { GatewayClient, type SessionAddress } from './transport/gateway-client.ts';
import { watchEvents } from './transport/push.ts';

interface Asked {
  readonly options: ResolvedOptions;
  readonly asked: StartOptions;
  readonly loadTabs: LoadTabs;
}

/** What every part of one start knows. */
export interface Start extends Asked {
  readonly client: GatewayClient;
}

/** @param onEnded called once with the end of the session that was started */
export async function startSession(given: Asked, onEnded: () => void): Promise<StartResult> {
  const { options, asked } = given;
  const { ageToken } = asked;
  check(ageToken === null || typeof ageToken === 'string', 'ageToken', 'a string or null');
  const client = new GatewayClient(options.platform, options.gatewayUrl, options.requestTimeoutMs);
  const start = { ...given, client };
  const tabs = await joinTabs(start);
  try {
    const opened = tabs?.following ?? (await openOrResume(start, tabs));
    if ('denied' in opened) {
      tabs?.leave();
      return { ...opened.denied, text: opened.denied.message[options.locale] };
    }
    const session = run(start, tabs, opened);
    session.on('ended', onEnded);
    return { verdict: 'play', session };
  } catch (error) {
    tabs?.leave();
    throw error;
  }
}

/** Null: this page is on its own, by choice or for want of what it takes. */
async function joinTabs(start: Start): Promise<JoinedTabs | null> {
  const { resumeAfterReload, shareTabs } = start.options;
  if (!shareTabs && !resumeAfterReload) return null;
  const sharing = await start.loadTabs().catch(() => undefined);
  return (await sharing?.join(start)) ?? null;
}

/** A session that nobody asks for heartbeats has nothing to learn. */
function withPush(
  { gatewayUrl, platform }: ResolvedOptions,
  address: SessionAddress,
  loop: HeartbeatLoop,
): HeartbeatLoop {
  if (loop.state.forecast.allowance.nextHeartbeatMs === null) return loop;
  const onNews = () => loop.dispatch({ type: 'sync' });
  void loop.closed.then(watchEvents({ platform, gatewayUrl, address, onNews }));
  return loop;
}

function run({ options, client }: Start, tabs: JoinedTabs | null, { address, state }: Running): PlaySession {
  const { platform, locale, graceToSaveMs, pauseWhenHidden, requestTimeoutMs: confirmMs } = options;
  const keepWhenLeft = tabs?.keepsWhenLeft === true;
  const config = { locale, graceToSaveMs, pauseWhenHidden, keepWhenLeft, confirmMs };
  const createLoop: CreateLoop = (from, watchPage, told) => {
    const parts = { platform: { ...platform, watchPage }, client, address, config, state: from };
    return withPush(options, address, new HeartbeatLoop({ ...parts, ...told }));
  };
  const drive = (emit: (event: AnySessionEvent) => void) =>
    tabs?.drive({ address, state, emit, createLoop }) ?? createLoop(state, platform.watchPage, { emit });
  return startPlaySession({ platform, address, drive });
}
