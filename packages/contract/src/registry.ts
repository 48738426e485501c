// Every operation of the contract. The router, the document and the security tests are made from this list.

import type { Method, Operation } from './operation.ts';
import { advanceSandboxClock } from './operations/advance-sandbox-clock.ts';
import { beginSignIn } from './operations/begin-sign-in.ts';
import { closeSession } from './operations/close-session.ts';
import { completeOidcLogin } from './operations/complete-oidc-login.ts';
import { completePresentation } from './operations/complete-presentation.ts';
import { completeSignIn } from './operations/complete-sign-in.ts';
import { createAgeVerification } from './operations/create-age-verification.ts';
import { createAgent } from './operations/create-agent.ts';
import { createGame } from './operations/create-game.ts';
import { createGuardianLink } from './operations/create-guardian-link.ts';
import { createProvider } from './operations/create-provider.ts';
import { createRegulator } from './operations/create-regulator.ts';
import { createStation } from './operations/create-station.ts';
import { endSignIn } from './operations/end-sign-in.ts';
import { erasePlayer } from './operations/erase-player.ts';
import { exportPlayer } from './operations/export-player.ts';
import { freezeSandboxClock } from './operations/freeze-sandbox-clock.ts';
import { getAgeVerification } from './operations/get-age-verification.ts';
import { getDocs } from './operations/get-docs.ts';
import { getGuardian } from './operations/get-guardian.ts';
import { getGuardianRules } from './operations/get-guardian-rules.ts';
import { getHealth } from './operations/get-health.ts';
import { getJwks } from './operations/get-jwks.ts';
import { getMe } from './operations/get-me.ts';
import { getMetrics } from './operations/get-metrics.ts';
import { getOpenapi } from './operations/get-openapi.ts';
import { getPlaytime } from './operations/get-playtime.ts';
import { getReadiness } from './operations/get-readiness.ts';
import { getSandboxClock } from './operations/get-sandbox-clock.ts';
import { issueKey } from './operations/issue-key.ts';
import { listGames } from './operations/list-games.ts';
import { openSession } from './operations/open-session.ts';
import { recordHeartbeat } from './operations/record-heartbeat.ts';
import { recordHeartbeats } from './operations/record-heartbeats.ts';
import { registerGuardian } from './operations/register-guardian.ts';
import { releaseSandboxClock } from './operations/release-sandbox-clock.ts';
import { revokeGuardian } from './operations/revoke-guardian.ts';
import { revokeGuardianLink } from './operations/revoke-guardian-link.ts';
import { revokeKey } from './operations/revoke-key.ts';
import { setGuardianRules } from './operations/set-guardian-rules.ts';

export const OPERATIONS = [
  getHealth,
  getReadiness,
  getMetrics,
  getOpenapi,
  getDocs,
  getJwks,
  beginSignIn,
  completeSignIn,
  endSignIn,
  getMe,
  createProvider,
  issueKey,
  revokeKey,
  createAgent,
  createRegulator,
  createGame,
  listGames,
  createAgeVerification,
  getAgeVerification,
  completePresentation,
  completeOidcLogin,
  erasePlayer,
  exportPlayer,
  registerGuardian,
  getGuardian,
  revokeGuardian,
  setGuardianRules,
  getGuardianRules,
  createGuardianLink,
  revokeGuardianLink,
  openSession,
  recordHeartbeat,
  recordHeartbeats,
  closeSession,
  getPlaytime,
  getSandboxClock,
  freezeSandboxClock,
  advanceSandboxClock,
  releaseSandboxClock,
  createStation,
] as const satisfies readonly Operation[];

export type OperationId = (typeof OPERATIONS)[number]['operationId'];
export type OperationOf<Id extends OperationId> = Extract<(typeof OPERATIONS)[number], { readonly operationId: Id }>;

const BY_ID: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [operation.operationId, operation]),
);

/** Undefined: no such operation. */
export function findOperation(operationId: string): Operation | undefined {
  return BY_ID.get(operationId);
}

/** By path as written in the registry, the methods it answers to: what `Allow` says with a 405. */
export const METHODS_BY_PATH: ReadonlyMap<string, readonly Method[]> = new Map(
  OPERATIONS.map(({ path }) => [path, OPERATIONS.filter((other) => other.path === path).map(({ method }) => method)]),
);
