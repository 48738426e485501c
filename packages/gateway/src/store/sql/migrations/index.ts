import type { Migration } from 'kysely/migration';
import * as directory from './0001-directory.ts';
import * as players from './0002-players.ts';
import * as idempotency from './0003-idempotency.ts';
import * as signingKeys from './0004-signing-keys.ts';
import * as events from './0005-events.ts';
import * as pendingVerifications from './0006-pending-verifications.ts';
import * as guardians from './0008-guardians.ts';
import * as keyRotation from './0009-key-rotation.ts';
import * as personMerges from './0010-person-merges.ts';
import * as signInSessions from './0011-sign-in-sessions.ts';
import * as humans from './0012-humans.ts';
import * as personMarks from './0013-person-marks.ts';
import * as credentialsShownOnce from './0014-credentials-shown-once.ts';
import * as complianceLedger from './0015-compliance-ledger.ts';
import * as evidence from './0016-evidence.ts';
import * as accessLog from './0017-access-log.ts';
import * as correctionsRetention from './0018-corrections-retention.ts';
import * as agents from './0019-agents.ts';
import * as reportIndexes from './0020-report-indexes.ts';
import * as webhooks from './0021-webhooks.ts';
import * as accessLogOutcome from './0022-access-log-outcome.ts';
import * as dayClosings from './0023-day-closings.ts';
import * as overrunAtClose from './0024-overrun-at-close.ts';

/** In order of number; a published one is never changed, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-directory': directory,
  '0002-players': players,
  '0003-idempotency': idempotency,
  '0004-signing-keys': signingKeys,
  '0005-events': events,
  '0006-pending-verifications': pendingVerifications,
  '0008-guardians': guardians,
  '0009-key-rotation': keyRotation,
  '0010-person-merges': personMerges,
  '0011-sign-in-sessions': signInSessions,
  '0012-humans': humans,
  '0013-person-marks': personMarks,
  '0014-credentials-shown-once': credentialsShownOnce,
  '0015-compliance-ledger': complianceLedger,
  '0016-evidence': evidence,
  '0017-access-log': accessLog,
  '0018-corrections-retention': correctionsRetention,
  '0019-agents': agents,
  '0020-report-indexes': reportIndexes,
  '0021-webhooks': webhooks,
  '0022-access-log-outcome': accessLogOutcome,
  '0023-day-closings': dayClosings,
  '0024-overrun-at-close': overrunAtClose,
};
