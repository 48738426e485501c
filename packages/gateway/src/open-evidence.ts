import type { Kysely } from 'kysely';
import { signDetached } from './compliance/evidence/detached-jws.ts';
import { EvidenceService } from './compliance/evidence/evidence-service.ts';
import type { Record } from './compliance/record.ts';
import type { ReportSigner } from './compliance/reports/report-signer.ts';
import type { Schema } from './store/sql/schema.ts';
import type { Secrets } from './store/sql/secrets.ts';
import { SqlEvidenceKeys } from './store/sql/sql-evidence-keys.ts';
import { SqlEvidenceLog } from './store/sql/sql-evidence-log.ts';

/** How old the newest signed checkpoint may become while the record grows; a reader's request makes one at once. */
export const SIGN_CHECKPOINT_EVERY_MS = 600_000;

export interface EvidenceParts {
  readonly db: Kysely<Schema>;
  readonly secrets: Secrets;
  readonly origin: string;
  readonly record: Record;
  /** Real time. */
  readonly realNow: () => number;
}

/** What proves the record, and what signs reports with the same key. */
export function openEvidence({ db, origin, realNow, record, secrets }: EvidenceParts) {
  const keys = new SqlEvidenceKeys(db, secrets);
  const reportSigner: ReportSigner = {
    sign: async (bytes) => signDetached(bytes, (await keys.signers(realNow()))[0]),
  };
  return { evidence: new EvidenceService({ log: new SqlEvidenceLog(db), keys, record, origin }), reportSigner };
}
