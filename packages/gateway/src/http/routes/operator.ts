import { limits } from '@playgate/contract';
import { formatInstant } from '@playgate/policy';
import type { Agents, Keys, Providers, Regulators } from '../../directory/directory.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface OperatorPorts {
  readonly providers: Providers;
  readonly keys: Keys;
  readonly agents: Agents;
  readonly regulators: Regulators;
}

type OperatorOperation =
  | 'createProvider'
  | 'issueKey'
  | 'issueAgentKey'
  | 'issueRegulatorKey'
  | 'revokeKey'
  | 'createAgent'
  | 'listAgents'
  | 'createRegulator';

export function operatorRoutes({ providers, keys, agents, regulators }: OperatorPorts): HandlersOf<OperatorOperation> {
  return {
    createProvider: async ({ body }, { now }) => {
      const { providerId } = await providers.create(body.name, now);
      return { status: 201, body: { providerId } };
    },
    issueKey: async ({ params, body }, { now }) => {
      const issued = await keys.issueProviderKey(params.providerId, body.kind, body.mode, now);
      if (issued === null) throw new Fault('not_found', 'There is no such provider.');
      return { status: 201, body: { keyId: issued.keyId, key: issued.key } };
    },
    issueAgentKey: async ({ params }, { now }) => {
      const issued = await keys.issueAgentKey(params.agentId, now);
      if (issued === null) throw new Fault('not_found', 'There is no such agent.');
      return { status: 201, body: { keyId: issued.keyId, key: issued.key } };
    },
    issueRegulatorKey: async ({ params }, { now }) => {
      const issued = await keys.issueRegulatorKey(params.regulatorId, now);
      if (issued === null) throw new Fault('not_found', 'There is no such regulator.');
      return { status: 201, body: { keyId: issued.keyId, key: issued.key } };
    },
    revokeKey: async ({ params }, { now }) => {
      if (!(await keys.revoke(params.keyId, now))) throw new Fault('not_found', 'There is no such key.');
      return { status: 204, body: null };
    },
    createAgent: async ({ body }, { now }) => {
      const { name, licenceNo, province, opensAt, closesAt } = body;
      const agent = await agents.create({ name, licenceNo, province, hours: { opensAt, closesAt } }, now);
      return { status: 201, body: { agentId: agent.agentId, keyId: agent.keyId, key: agent.key } };
    },
    listAgents: async ({ query }) => {
      const { cursor: afterId = null, province = null } = query;
      const listed = await agents.list({ province, afterId, countMax: limits.AGENTS_PAGE_MAX + 1 });
      const page = listed.slice(0, limits.AGENTS_PAGE_MAX);
      const nextCursor = listed.length > page.length ? (page.at(-1)?.agentId ?? null) : null;
      return {
        status: 200,
        body: {
          agents: page.map(({ createdAt, hours, ...agent }) => ({
            ...agent,
            ...hours,
            createdAt: formatInstant(createdAt),
          })),
          nextCursor,
        },
      };
    },
    createRegulator: async ({ body }, { now }) => {
      const { regulatorId, keyId, key } = await regulators.create(body.name, body.scope ?? {}, now);
      return { status: 201, body: { regulatorId, keyId, key } };
    },
  };
}
