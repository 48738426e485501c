import {
  type AgeBand,
  type AgentHours,
  type AllowanceRequest,
  ageBandAt,
  type BeatDecision,
  decideBeat,
  decideStart,
  type EndReason,
  formatInstant,
  type Instant,
  type Policy,
  type Rating,
  resolveAllowance,
  type StartDecision,
} from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { packs, policiesById } from './policies.ts';
import { instant, readVectorFile, vectorFileNames } from './vector-files.ts';

interface VectorPlayer {
  /** One of the two. */
  readonly ageBand?: AgeBand | null;
  readonly birthDate?: string;
  readonly verified: boolean;
  readonly verifiedPhoneCountry: string | null;
  readonly hasGuardian: boolean;
}

interface VectorCase {
  readonly note: string;
  readonly policyId: string;
  readonly ask: 'start' | 'beat';
  readonly request: {
    readonly player: VectorPlayer;
    readonly rating: Rating;
    readonly agentHours: AgentHours | null;
  };
  readonly used: Readonly<Record<'gameMs' | 'providerMs' | 'agentMs' | 'personMs', number>>;
  readonly now: string;
  readonly endReason?: EndReason | null;
  readonly want: object;
  readonly wantAlarms: readonly string[];
}

interface VectorFile {
  readonly about: string;
  readonly policies: readonly unknown[];
  readonly cases: readonly VectorCase[];
}

function requestOf({ request, ...vector }: VectorCase, policy: Policy): AllowanceRequest {
  const now = instant(vector.now);
  const { birthDate, ageBand = null, ...player } = request.player;
  const { bands, zone } = policy.document;
  const band = birthDate === undefined ? ageBand : ageBandAt(bands, birthDate, zone, now);
  return { ...request, policy, now, player: { ...player, ageBand: band } };
}

function inWords(decision: StartDecision | BeatDecision): object {
  const text = (at: Instant | null) => (at === null ? null : formatInstant(at));
  if (decision.verdict === 'denied') return { ...decision, nextAllowedAt: text(decision.nextAllowedAt) };
  return { ...decision, endsAt: text(decision.endsAt) };
}

const files = vectorFileNames('decide');

it('has vectors to run', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.every((name) => name.endsWith('.json'))).toBe(true);
});

describe.each(files)('vectors/decide/%s', (name) => {
  const file = readVectorFile<VectorFile>('decide', name);
  const policies = new Map([...packs, ...policiesById(file.policies)]);

  it('has cases', () => {
    expect(file.cases.length).toBeGreaterThan(0);
    expect(new Set(file.cases.map(({ note, policyId }) => `${policyId}: ${note}`)).size).toBe(file.cases.length);
  });

  it.each(file.cases)('$policyId, $ask: $note', (vector) => {
    const policy = policies.get(vector.policyId)!;
    const request = requestOf(vector, policy);
    const allowance = resolveAllowance(request);
    const { gameMs, providerMs, agentMs, personMs } = vector.used;
    const used = { game: gameMs, provider: providerMs, agent: agentMs, person: personMs };
    const decision =
      vector.ask === 'start'
        ? decideStart(allowance, used, request.now)
        : decideBeat(allowance, used, vector.endReason ?? null, request.now);
    expect(inWords(decision)).toEqual(vector.want);
    expect(allowance.alarms).toEqual(vector.wantAlarms);
  });
});
