// The handler of every operation. The type of the result makes a missing or a made-up one a compile error.
import type { Handlers } from '../handler.ts';
import { type AgeVerificationPorts, ageVerificationRoutes } from './age-verification.ts';
import { agentRoutes } from './agents.ts';
import { type GamePorts, gameRoutes } from './games.ts';
import { type GuardianPorts, guardianRoutes } from './guardians.ts';
import { type OperatorPorts, operatorRoutes } from './operator.ts';
import { type PlayerDataPorts, playerDataRoutes } from './player-data.ts';
import { type PublicPorts, publicRoutes } from './public.ts';
import { type SandboxClockPorts, sandboxClockRoutes } from './sandbox-clock.ts';
import { type Sessions, sessionRoutes } from './sessions.ts';
import { type SignInPorts, signInRoutes } from './sign-in.ts';

export interface RoutePorts
  extends AgeVerificationPorts,
    GamePorts,
    GuardianPorts,
    OperatorPorts,
    PlayerDataPorts,
    PublicPorts,
    SandboxClockPorts,
    SignInPorts {
  readonly sessions: Sessions;
}

export function createHandlers(ports: RoutePorts): Handlers {
  return {
    ...publicRoutes(ports),
    ...signInRoutes(ports),
    ...operatorRoutes(ports),
    ...gameRoutes(ports),
    ...ageVerificationRoutes(ports),
    ...guardianRoutes(ports),
    ...playerDataRoutes(ports),
    ...sessionRoutes(ports),
    ...sandboxClockRoutes(ports),
    ...agentRoutes(ports),
  };
}
