import type { Config } from '../config.ts';
import type { ChangeBus } from '../directory/change-bus.ts';
import { openChangeBus } from '../open-ledger.ts';

/** True: every running gateway has confirmed it. False: some do not say so, or there is no bus; they see it with their next look. */
export async function tellGateways(
  config: Config,
  change: Parameters<ChangeBus['publish']>[0],
  note: (line: string) => void,
): Promise<boolean> {
  if (config.redisUrl === null) return false;
  const bus = await openChangeBus(config, { onTrouble: (what) => note(what) }).catch(() => null);
  if (bus === null) return false;
  try {
    return await bus.publish(change);
  } finally {
    await bus.close();
  }
}
