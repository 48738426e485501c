// A heartbeat's reply as JSON text. What all sessions of an allowance are told alike is written once, in ASCII: texts of notices are in
// Vietnamese, and one such letter would have a whole answer encoded anew on its way out.
import type { HeartbeatReply } from '@playgate/contract';

type Shared = Pick<HeartbeatReply, 'notices' | 'policy' | 'warningsMs'>;

interface Written extends Shared {
  readonly json: string;
}

/** By the notices, which every reply of an allowance has from one place. */
const written = new WeakMap<object, Written>();

/** Equal to `JSON.stringify(reply)` as a value, with other escapes and another order. */
export function heartbeatJson(reply: HeartbeatReply): string {
  const { notices, policy, warningsMs, ...own } = reply;
  return `${JSON.stringify(own).slice(0, -1)},${jsonOfShared({ notices, policy, warningsMs })}`;
}

/** Without the brace at its start. */
function jsonOfShared(shared: Shared): string {
  const known = written.get(shared.notices);
  if (known?.policy === shared.policy && known.warningsMs === shared.warningsMs) return known.json;
  const json = escapeBeyondAscii(JSON.stringify(shared)).slice(1);
  written.set(shared.notices, { ...shared, json });
  return json;
}

const BEYOND_ASCII = /[^\0-\x7f]/g;

const escapeBeyondAscii = (json: string): string =>
  json.replace(BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
