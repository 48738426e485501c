// What docs/migrate-from-taptap.md takes for granted: the game's own switch over the codes.
import assert from 'node:assert/strict';

export { ageToken, gameId, gatewayUrl, publishableKey } from './gateway.ts';

const LOGIN_SUCCESS = 500;
const codes: number[] = [];
export const onComplianceCallback = (code: number, _extra: object) => void codes.push(code);

export function check(): void {
  assert.deepEqual(codes, [LOGIN_SUCCESS]);
}
