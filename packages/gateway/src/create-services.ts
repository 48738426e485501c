// The services over their ports' adapters: who does the work, before anything listens. main.ts gives the parts.
import type { Pace } from '@playgate/policy';
import { AgentService } from './agents/agent-service.ts';
import { keepSeats } from './agents/seat-keeper.ts';
import { CorrectionService } from './compliance/corrections/correction-service.ts';
import type { EnforcementWatch } from './compliance/enforcement.ts';
import { QueuedFallbackRecord } from './compliance/fallback-record.ts';
import { PlayerEraser } from './compliance/player-eraser.ts';
import { dayCloser } from './compliance/reports/close-days.ts';
import { StatementService } from './compliance/statements/statement-service.ts';
import type { Config } from './config.ts';
import type { World } from './directory/world.ts';
import { GUARDIAN_PAGE_PATH, GuardianService } from './guardians/guardian-service.ts';
import type { PolicySet } from './load-policies.ts';
import { openEvidence } from './open-evidence.ts';
import type { Ledger } from './open-ledger.ts';
import { openRecord } from './open-record.ts';
import { openTokens } from './open-tokens.ts';
import { openVerifiers } from './open-verifiers.ts';
import { openWebhooks } from './open-webhooks.ts';
import type { Parts } from './parts.ts';
import { AllowanceBook } from './sessions/allowance-book.ts';
import { BookRecovery } from './sessions/book-recovery.ts';
import { RetriedRenewals } from './sessions/retried-renewals.ts';
import { SessionService } from './sessions/session-service.ts';
import { adoptOldEvents } from './store/sql/adopt-old-events.ts';
import { IdentityVault } from './store/sql/identity-vault.ts';
import { admitPolicies } from './store/sql/policy-hashes.ts';
import { SqlAccessLog } from './store/sql/sql-access-log.ts';
import { SqlAgentLog } from './store/sql/sql-agent-log.ts';
import { SqlAgents } from './store/sql/sql-agents.ts';
import { SqlCorrections } from './store/sql/sql-corrections.ts';
import { SqlDayClosings } from './store/sql/sql-day-closings.ts';
import { SqlEvidenceTree } from './store/sql/sql-evidence-tiles.ts';
import { SqlGames } from './store/sql/sql-games.ts';
import { SqlGuardianRegister } from './store/sql/sql-guardian-register.ts';
import { SqlKeys } from './store/sql/sql-keys.ts';
import { SqlLegalHolds } from './store/sql/sql-legal-holds.ts';
import { SqlPendingMerges } from './store/sql/sql-pending-merges.ts';
import { SqlPendingVerifications } from './store/sql/sql-pending-verifications.ts';
import { SqlPlayerRecords } from './store/sql/sql-player-records.ts';
import { SqlPlayerRegister } from './store/sql/sql-player-register.ts';
import { SqlPlayers } from './store/sql/sql-players.ts';
import { SqlReportSource } from './store/sql/sql-report-source.ts';
import { SqlSigningKeys } from './store/sql/sql-signing-keys.ts';
import { SqlStatements } from './store/sql/sql-statements.ts';
import type { AgeVerifier } from './verification/age-verifier.ts';
import { LedgerFollowingRegister } from './verification/ledger-following-register.ts';
import { PersonMerger } from './verification/person-merger.ts';
import { type VerificationPorts, VerificationService } from './verification/verification-service.ts';
import type { WebhookOutbox } from './webhooks/webhook-endpoints.ts';

export interface ServicePorts extends Pick<Ledger, 'store'> {
  /** Stands before each method of verification. */
  readonly watchVerifier: (verifier: AgeVerifier) => AgeVerifier;
  /** Stands before the outbox of webhooks. */
  readonly watchOutbox: (outbox: WebhookOutbox) => WebhookOutbox;
  readonly enforcement: EnforcementWatch;
  readonly nowOf: (world: World) => number;
  readonly paceNow: () => Pace;
  readonly onTrouble: (what: string, error: unknown) => void;
  readonly onFailure: VerificationPorts['onFailure'];
  readonly onAlarm: (alarm: string, policyId: string) => void;
  /** Told of answers given without the ledger that will be on no record. */
  readonly onFallbackDropped: (count: number) => void;
}

export async function createServices(
  config: Config,
  { bus, clock, database, policies, secrets }: Parts,
  {
    enforcement,
    nowOf,
    onAlarm,
    onFailure,
    onFallbackDropped,
    onTrouble,
    paceNow,
    store,
    watchOutbox,
    watchVerifier,
  }: ServicePorts,
) {
  const { db } = database;
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
  const realNow = () => clock.now();
  const webhooks = openWebhooks({ db, secrets, players, nowOf, realNow, onTrouble, watchOutbox });
  let policyBook = await admitPolicies(db, policies);
  const { followers, history, pump, record } = openRecord({
    database,
    store,
    policies: { zoneOf: (id) => policyBook.zoneOf(id), hashOf: (id, version) => policyBook.hashOf(id, version) },
    followers: [webhooks.webhookFollower, new SqlEvidenceTree()],
    enforcement,
    onTrouble,
  });
  await adoptOldEvents(db, history);
  const corrections = new SqlCorrections({ db, log: history, realNow: () => clock.now() });
  const merger = new PersonMerger({
    pending: new SqlPendingMerges(db),
    store,
    corrections,
    nowOf,
    defaultPolicyAt,
  });
  const verifications = new VerificationService({
    verifiers: (await openVerifiers(config, policies)).map(watchVerifier),
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
  const allowances = new AllowanceBook(library, onAlarm);
  const fallback = new QueuedFallbackRecord({ log: history, clock, onDropped: onFallbackDropped });
  const sessions = new SessionService({
    store,
    history,
    corrections,
    fallback,
    paceNow,
    recovery: new BookRecovery({ store, history, record, players, allowances, receipts: tokens.receipts }),
    library,
    policyId: config.policyId,
    allowances,
    games,
    agents,
    players,
    ageTokens,
    sessionTokens,
    onTrouble,
  });
  return {
    keys: new SqlKeys(db, { bus, outageMsMax: config.keyOutageMsMax }),
    tokens,
    sessionTokens,
    ageTokens,
    games,
    agents,
    players,
    verifications,
    guardians,
    ...webhooks,
    sessions: {
      open: keepSeats(sessions.open, { store, agents, nowOf, onTrouble }),
      heartbeat: sessions.heartbeat,
      heartbeats: sessions.heartbeats,
      close: sessions.close,
      playtime: sessions.playtime.bind(sessions),
    },
    corrections: new CorrectionService({
      corrections,
      players,
      games,
      store: { readDay: store.readDay.bind(store), renewSessions: renewals.renewSessions.bind(renewals) },
      history,
      library,
      policyId: config.policyId,
      onTrouble,
    }),
    statements: new StatementService({
      source: new SqlStatements(db),
      record,
      players,
      games,
      corrections,
      store,
      history,
      library,
      policyId: config.policyId,
    }),
    agentService: new AgentService({
      agents,
      store,
      allowances,
      log: new SqlAgentLog(db, (policyId, at) => library.inForce(policyId, at)?.document ?? null),
      record,
      nowOf,
      zoneAt: (now) => defaultPolicyAt(now).document.zone,
      onTrouble,
    }),
    reports: {
      source: new SqlReportSource(db),
      record,
      closeDay: dayCloser({
        closings: new SqlDayClosings(db),
        record,
        settle: async () => {
          await store.expireSilent(nowOf);
          await fallback.flush();
        },
        onTrouble,
      }),
    },
    accessLog: new SqlAccessLog(db),
    zoneAt: (now: number) => defaultPolicyAt(now).document.zone,
    ...openEvidence({
      db,
      secrets,
      origin: config.evidenceOrigin,
      record,
      realNow: () => clock.now(),
    }),
    eraser: new PlayerEraser({ players, store: renewals, holds: new SqlLegalHolds(db), onTrouble }),
    playerRecords: new SqlPlayerRecords(db, vault),
    history,
    fallback,
    pump,
    followers,
    record,
    merger,
    renewals,
    allowances,
    /** Rejects where a version is not the text that it was. */
    admitPolicies: async (next: PolicySet) => {
      policyBook = await admitPolicies(db, next);
    },
  };
}
