// The handler of every operation. The type of the result makes a missing or a made-up one a compile error.
import type { Handlers } from '../handler.ts';
import { type AgeVerificationPorts, ageVerificationRoutes } from './age-verification.ts';
import { type AgentPorts, agentRoutes } from './agents.ts';
import { type ClientTextPorts, clientTextRoutes } from './client-texts.ts';
import { type CorrectionPorts, correctionRoutes } from './corrections.ts';
import { type EvidencePorts, evidenceRoutes } from './evidence.ts';
import { type GamePorts, gameRoutes } from './games.ts';
import { type GuardianPorts, guardianRoutes } from './guardians.ts';
import { type OperatorPorts, operatorRoutes } from './operator.ts';
import { type PlayerDataPorts, playerDataRoutes } from './player-data.ts';
import { type PublicPorts, publicRoutes } from './public.ts';
import { type ReportPorts, reportRoutes } from './reports.ts';
import { type SandboxClockPorts, sandboxClockRoutes } from './sandbox-clock.ts';
import { type SessionEventPorts, sessionEventRoutes } from './session-events.ts';
import { type Sessions, sessionRoutes } from './sessions.ts';
import { type SignInPorts, signInRoutes } from './sign-in.ts';
import { type StatementPorts, statementRoutes } from './statements.ts';
import { type WebhookPorts, webhookRoutes } from './webhooks.ts';

export interface RoutePorts
  extends WebhookPorts,
    AgentPorts,
    AgeVerificationPorts,
    ClientTextPorts,
    CorrectionPorts,
    EvidencePorts,
    GamePorts,
    GuardianPorts,
    OperatorPorts,
    PlayerDataPorts,
    PublicPorts,
    ReportPorts,
    SandboxClockPorts,
    SessionEventPorts,
    SignInPorts,
    StatementPorts {
  readonly sessions: Sessions;
}

export function createHandlers(ports: RoutePorts): Handlers {
  return {
    ...publicRoutes(ports),
    ...reportRoutes(ports),
    ...evidenceRoutes(ports),
    ...signInRoutes(ports),
    ...operatorRoutes(ports),
    ...gameRoutes(ports),
    ...ageVerificationRoutes(ports),
    ...guardianRoutes(ports),
    ...playerDataRoutes(ports),
    ...sessionRoutes(ports),
    ...sessionEventRoutes(ports),
    ...clientTextRoutes(ports),
    ...statementRoutes(ports),
    ...correctionRoutes(ports),
    ...webhookRoutes(ports),
    ...sandboxClockRoutes(ports),
    ...agentRoutes(ports),
  };
}
