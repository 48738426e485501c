import { randomBytes } from 'node:crypto';
import type { Instant } from '@playgate/policy';

const PROCESS_BYTES = 6;
const processId = randomBytes(PROCESS_BYTES).toString('base64url').replaceAll('-', 'x');
let made = 0;

/** `<ms>-<process>-<n>`: an id for an entry of the partition `gateway`, never given twice. `realNow`: real time. */
export function newGatewayEntryId(realNow: Instant): string {
  return `${realNow}-${processId}-${++made}`;
}
