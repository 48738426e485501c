import { formatInstant, type GuardianRules, type Instant } from '@playgate/policy';
import type { GuardianConsent, Guardianship, RulesRevision } from '../../guardians/guardian-register.ts';
import type { GuardianService, RulesOfChild } from '../../guardians/guardian-service.ts';
import { lawOf, NO_RULES, tighterLimits } from '../../guardians/rules-beside-law.ts';
import type { HandlersOf } from '../handler.ts';

export interface GuardianPorts {
  readonly guardians: Pick<
    GuardianService,
    'findGuardianship' | 'openLink' | 'readRules' | 'register' | 'revoke' | 'revokeLink' | 'setRules'
  >;
}

type GuardianOperation =
  | 'createGuardianLink'
  | 'getGuardian'
  | 'getGuardianRules'
  | 'registerGuardian'
  | 'revokeGuardian'
  | 'revokeGuardianLink'
  | 'setGuardianRules';

export function guardianRoutes({ guardians }: GuardianPorts): HandlersOf<GuardianOperation> {
  return {
    registerGuardian: async ({ params, body }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      return { status: 200, body: describeGuardianship(await guardians.register(player, consentOf(body), now)) };
    },
    getGuardian: async ({ params }, { principal, now }) => {
      const { playerId } = params;
      const found = await guardians.findGuardianship({ world: principal.world, playerId }, now);
      return { status: 200, body: { playerId, guardian: found === null ? null : describeGuardianship(found) } };
    },
    revokeGuardian: async ({ params }, { principal, now }) => {
      await guardians.revoke({ world: principal.world, playerId: params.playerId }, now);
      return { status: 204, body: null };
    },
    getGuardianRules: async ({ params }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      return { status: 200, body: describeRules(params.playerId, await guardians.readRules(player, now), now) };
    },
    setGuardianRules: async ({ params, body }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const author = principal.kind === 'guardian' ? 'guardian' : 'provider';
      const guardianId = principal.kind === 'guardian' ? principal.guardianId : null;
      const change = { rules: rulesOf(body), author, guardianId, ifVersion: body.ifVersion ?? null } as const;
      return { status: 200, body: describeRules(params.playerId, await guardians.setRules(player, change, now), now) };
    },
    createGuardianLink: async ({ params, body }, { principal, now }) => {
      const player = { world: principal.world, playerId: params.playerId };
      const { expiresAt, linkId, url } = await guardians.openLink(player, body.expiresInMs, now);
      return { status: 201, body: { linkId, url, expiresAt: formatInstant(expiresAt) } };
    },
    revokeGuardianLink: async ({ params }, { principal, now }) => {
      await guardians.revokeLink({ world: principal.world, playerId: params.playerId }, params.linkId, now);
      return { status: 204, body: null };
    },
  };
}

interface ConsentBody {
  readonly relationship: GuardianConsent['relationship'];
  readonly phone: string;
  readonly name?: string | undefined;
  readonly consentedAt: string;
  readonly consentTextVersion: string;
}

function consentOf({ consentTextVersion, consentedAt, name, phone, relationship }: ConsentBody): GuardianConsent {
  return {
    relationship,
    phone,
    name: name ?? null,
    consentedAt: Date.parse(consentedAt),
    textVersion: consentTextVersion,
    source: 'provider',
  };
}

function describeGuardianship({ consentedAt, registeredAt, textVersion, ...rest }: Guardianship) {
  return {
    ...rest,
    consentedAt: formatInstant(consentedAt),
    consentTextVersion: textVersion,
    registeredAt: formatInstant(registeredAt),
  };
}

interface RulesBody extends Omit<GuardianRules, 'pause'> {
  readonly pause: { readonly untilAt: string | null } | null;
}

function rulesOf({ bedtimes, dayLimitMs, gameLimitMs, pause }: RulesBody): GuardianRules {
  const untilAt = pause?.untilAt ?? null;
  return {
    gameLimitMs,
    dayLimitMs,
    bedtimes,
    pause: pause === null ? null : { untilAt: untilAt === null ? null : Date.parse(untilAt) },
  };
}

function describeRules(playerId: string, { history, policy, revision }: RulesOfChild, now: Instant) {
  const { document, hash } = policy;
  const rules = revision?.rules ?? NO_RULES;
  return {
    playerId,
    serverAt: formatInstant(now),
    zone: document.zone,
    version: revision?.version ?? 0,
    rules: tellRules(rules),
    effective: tighterLimits(document, rules),
    law: lawOf(document),
    history: history.map(describeRevision),
    policy: { id: document.id, version: document.version, hash },
  };
}

function describeRevision({ author, rules, setAt, version }: RulesRevision) {
  return { version, author, setAt: formatInstant(setAt), rules: tellRules(rules) };
}

function tellRules({ bedtimes, dayLimitMs, gameLimitMs, pause }: GuardianRules) {
  const untilAt = pause?.untilAt ?? null;
  return {
    gameLimitMs,
    dayLimitMs,
    bedtimes,
    pause: pause === null ? null : { untilAt: untilAt === null ? null : formatInstant(untilAt) },
  };
}
