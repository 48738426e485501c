// The services over their ports' adapters: who does the work, before anything listens. main.ts gives the parts.
import { PlayerEraser } from './compliance/player-eraser.ts';
import type { Config } from './config.ts';
import type { World } from './directory/world.ts';
import { GUARDIAN_PAGE_PATH, GuardianService } from './guardians/guardian-service.ts';
import type { Ledger } from './open-ledger.ts';
import { openTokens } from './open-tokens.ts';
import { openVerifiers } from './open-verifiers.ts';
import type { Parts } from './parts.ts';
import { AllowanceBook } from './sessions/allowance-book.ts';
import { RetriedRenewals } from './sessions/retried-renewals.ts';
import { SessionService } from './sessions/session-service.ts';
import { IdentityVault } from './store/sql/identity-vault.ts';
import { SqlAgents } from './store/sql/sql-agents.ts';
import { SqlEventLog } from './store/sql/sql-event-log.ts';
import { SqlGames } from './store/sql/sql-games.ts';
import { SqlGuardianRegister } from './store/sql/sql-guardian-register.ts';
import { SqlKeys } from './store/sql/sql-keys.ts';
import { SqlPendingMerges } from './store/sql/sql-pending-merges.ts';
import { SqlPendingVerifications } from './store/sql/sql-pending-verifications.ts';
import { SqlPlayerRecords } from './store/sql/sql-player-records.ts';
import { SqlPlayerRegister } from './store/sql/sql-player-register.ts';
import { SqlPlayers } from './store/sql/sql-players.ts';
import { SqlSigningKeys } from './store/sql/sql-signing-keys.ts';
import { LedgerFollowingRegister } from './verification/ledger-following-register.ts';
import { PersonMerger } from './verification/person-merger.ts';
import { type VerificationPorts, VerificationService } from './verification/verification-service.ts';

export interface ServicePorts extends Pick<Ledger, 'store'> {
  readonly nowOf: (world: World) => number;
  readonly onTrouble: (what: string, error: unknown) => void;
  readonly onFailure: VerificationPorts['onFailure'];
  readonly onAlarm: (alarm: string, policyId: string) => void;
}

export async function createServices(
  config: Config,
  { bus, clock, database: { db }, policies, secrets }: Parts,
  { nowOf, onAlarm, onFailure, onTrouble, store }: ServicePorts,
) {
  const vault = new IdentityVault(secrets, { countsHumans: policies.countsHumans });
  const defaultPolicyAt = (now: number) => policies.defaultAt(now);
  const issuer = config.publicUrl;
  const players = new SqlPlayers({ db, vault, defaultPolicyAt });
  const signingKeys = new SqlSigningKeys(db, secrets);
  const tokens = await openTokens({ issuer, clock, signingKeys, secrets, bus });
  const { ageTokens, sessionTokens } = tokens;
  const games = new SqlGames(db);
  const agents = new SqlAgents(db);
  const renewals = new RetriedRenewals(store);
  const merger = new PersonMerger({ pending: new SqlPendingMerges(db), store, nowOf, defaultPolicyAt });
  const verifications = new VerificationService({
    verifiers: await openVerifiers(config, policies),
    register: new LedgerFollowingRegister({
      register: new SqlPlayerRegister(db, vault),
      merger,
      store: renewals,
      onTrouble,
    }),
    pending: new SqlPendingVerifications(db, secrets),
    players,
    ageTokens,
    defaultPolicyAt,
    nowOf,
    onFailure,
  });
  const guardians = new GuardianService({
    register: new SqlGuardianRegister(db, vault),
    players,
    store: renewals,
    tokens: tokens.guardianTokens,
    defaultPolicyAt,
    pageUrl: `${issuer}${GUARDIAN_PAGE_PATH}`,
  });
  const { library } = policies;
  const history = new SqlEventLog(db);
  const sessions = new SessionService({
    store,
    history,
    library,
    policyId: config.policyId,
    allowances: new AllowanceBook(library, onAlarm),
    games,
    agents,
    players,
    ageTokens,
    sessionTokens,
    onTrouble,
  });
  return {
    keys: new SqlKeys(db, { bus }),
    tokens,
    sessionTokens,
    ageTokens,
    games,
    agents,
    players,
    verifications,
    guardians,
    sessions,
    eraser: new PlayerEraser({ players, store: renewals, onTrouble }),
    playerRecords: new SqlPlayerRecords(db, vault),
    history,
    merger,
    renewals,
  };
}
