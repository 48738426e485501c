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
import { createCorrection } from './operations/create-correction.ts';
import { createGame } from './operations/create-game.ts';
import { createGrant } from './operations/create-grant.ts';
import { createGuardianLink } from './operations/create-guardian-link.ts';
import { createProvider } from './operations/create-provider.ts';
import { createRegulator } from './operations/create-regulator.ts';
import { createStation } from './operations/create-station.ts';
import { createWebhookEndpoint } from './operations/create-webhook-endpoint.ts';
import { createWebhookTest } from './operations/create-webhook-test.ts';
import { endAgentSession } from './operations/end-agent-session.ts';
import { endSignIn } from './operations/end-sign-in.ts';
import { erasePlayer } from './operations/erase-player.ts';
import { exportPlayer } from './operations/export-player.ts';
import { freezeSandboxClock } from './operations/freeze-sandbox-clock.ts';
import { getAccessLog } from './operations/get-access-log.ts';
import { getAgeVerification } from './operations/get-age-verification.ts';
import { getAgentAccessLog } from './operations/get-agent-access-log.ts';
import { getCheckpoint } from './operations/get-checkpoint.ts';
import { getClientTexts } from './operations/get-client-texts.ts';
import { getConsistencyProof } from './operations/get-consistency-proof.ts';
import { getDailyReport } from './operations/get-daily-report.ts';
import { getDocs } from './operations/get-docs.ts';
import { getEvidenceEntries } from './operations/get-evidence-entries.ts';
import { getEvidenceKeys } from './operations/get-evidence-keys.ts';
import { getGuardian } from './operations/get-guardian.ts';
import { getGuardianRules } from './operations/get-guardian-rules.ts';
import { getHealth } from './operations/get-health.ts';
import { getInclusionProof } from './operations/get-inclusion-proof.ts';
import { getJwks } from './operations/get-jwks.ts';
import { getMe } from './operations/get-me.ts';
import { getMetrics } from './operations/get-metrics.ts';
import { getOpenapi } from './operations/get-openapi.ts';
import { getPeriodicReport } from './operations/get-periodic-report.ts';
import { getPlaytime } from './operations/get-playtime.ts';
import { getRangeProof } from './operations/get-range-proof.ts';
import { getReadiness } from './operations/get-readiness.ts';
import { getReportSchema } from './operations/get-report-schema.ts';
import { getSandboxClock } from './operations/get-sandbox-clock.ts';
import { getSessionEvents } from './operations/get-session-events.ts';
import { getStatement } from './operations/get-statement.ts';
import { issueAgentKey } from './operations/issue-agent-key.ts';
import { issueKey } from './operations/issue-key.ts';
import { issueRegulatorKey } from './operations/issue-regulator-key.ts';
import { issueStationToken } from './operations/issue-station-token.ts';
import { issueWebhookSecret } from './operations/issue-webhook-secret.ts';
import { listAgentSessions } from './operations/list-agent-sessions.ts';
import { listAgents } from './operations/list-agents.ts';
import { listCorrections } from './operations/list-corrections.ts';
import { listGames } from './operations/list-games.ts';
import { listReportForms } from './operations/list-report-forms.ts';
import { listStations } from './operations/list-stations.ts';
import { listWebhookDeliveries } from './operations/list-webhook-deliveries.ts';
import { listWebhookEndpoints } from './operations/list-webhook-endpoints.ts';
import { openSession } from './operations/open-session.ts';
import { recordHeartbeat } from './operations/record-heartbeat.ts';
import { recordHeartbeats } from './operations/record-heartbeats.ts';
import { registerGuardian } from './operations/register-guardian.ts';
import { releaseSandboxClock } from './operations/release-sandbox-clock.ts';
import { revokeGuardian } from './operations/revoke-guardian.ts';
import { revokeGuardianLink } from './operations/revoke-guardian-link.ts';
import { revokeKey } from './operations/revoke-key.ts';
import { revokeStation } from './operations/revoke-station.ts';
import { revokeWebhookEndpoint } from './operations/revoke-webhook-endpoint.ts';
import { setGuardianRules } from './operations/set-guardian-rules.ts';
import { undoCorrection } from './operations/undo-correction.ts';

export const OPERATIONS = [
  getHealth,
  getReadiness,
  getMetrics,
  getOpenapi,
  getDocs,
  getJwks,
  getEvidenceKeys,
  getReportSchema,
  beginSignIn,
  completeSignIn,
  endSignIn,
  getMe,
  createProvider,
  issueKey,
  revokeKey,
  createAgent,
  listAgents,
  createRegulator,
  issueAgentKey,
  issueRegulatorKey,
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
  getSessionEvents,
  getClientTexts,
  getPlaytime,
  getStatement,
  createCorrection,
  createGrant,
  undoCorrection,
  listCorrections,
  createWebhookEndpoint,
  listWebhookEndpoints,
  revokeWebhookEndpoint,
  issueWebhookSecret,
  createWebhookTest,
  listWebhookDeliveries,
  getSandboxClock,
  freezeSandboxClock,
  advanceSandboxClock,
  releaseSandboxClock,
  getDailyReport,
  getPeriodicReport,
  listReportForms,
  getAccessLog,
  getCheckpoint,
  getEvidenceEntries,
  getInclusionProof,
  getConsistencyProof,
  getRangeProof,
  createStation,
  listStations,
  issueStationToken,
  revokeStation,
  listAgentSessions,
  endAgentSession,
  getAgentAccessLog,
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
