// Deletes what need not be kept any longer, class by class, in batches that block nobody for long.
import { DAY_MS, type Instant, type RetentionClass } from '@playgate/policy';
import { type RetentionRule, TEST_WORLD_KEEP_DAYS } from './retention-rules.ts';

/** What of one class is due. */
export interface RetentionFinding {
  readonly dataClass: RetentionClass;
  /** For a reader: `events of 202501`, `players not seen any more`. */
  readonly what: string;
  readonly count: number;
  /** Of the oldest and newest among it; null: nothing is due. */
  readonly fromAt: Instant | null;
  readonly toAt: Instant | null;
  /** Not deleted although it is due: under a legal hold. */
  readonly held: boolean;
}

/** One kind of data that goes together. */
export interface RetentionJob {
  readonly dataClass: RetentionClass;
  /** Test worlds are kept for TEST_WORLD_KEEP_DAYS instead of the rule's time. */
  readonly isOfTestWorlds: boolean;
  find(before: Instant): Promise<readonly RetentionFinding[]>;
  /** Deletes at most a batch; how much. 0: nothing is left. */
  deleteBatch(before: Instant): Promise<number>;
}

export interface RetentionRun {
  readonly jobs: readonly RetentionJob[];
  readonly rules: readonly RetentionRule[];
  readonly isDryRun: boolean;
  readonly now: Instant;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

export interface RetentionResult extends RetentionFinding {
  readonly keepDays: number;
  readonly cite: string;
  readonly verified: boolean;
  /** 0 in a dry run. */
  readonly deleted: number;
}

export async function applyRetention(run: RetentionRun): Promise<readonly RetentionResult[]> {
  const results: RetentionResult[] = [];
  for (const job of run.jobs) results.push(...(await applyJob(job, run)));
  return results;
}

async function applyJob(job: RetentionJob, run: RetentionRun): Promise<readonly RetentionResult[]> {
  const { cite, keepDays: ruleDays, verified } = run.rules.find(({ dataClass }) => dataClass === job.dataClass)!;
  const keepDays = job.isOfTestWorlds ? Math.min(TEST_WORLD_KEEP_DAYS, ruleDays) : ruleDays;
  const before = run.now - keepDays * DAY_MS;
  const findings = await job.find(before);
  const total = findings.reduce((sum, { count, held }) => sum + (held ? 0 : count), 0);
  let done = 0;
  if (!run.isDryRun && total > 0) {
    for (let batch = await job.deleteBatch(before); batch > 0; batch = await job.deleteBatch(before)) {
      done += batch;
      run.onProgress(findings[0]!.what, done, Math.max(total, done));
    }
  }
  return findings.map((finding) => ({
    ...finding,
    keepDays,
    cite,
    verified,
    deleted: run.isDryRun || finding.held ? 0 : findings.length === 1 ? done : finding.count,
  }));
}
