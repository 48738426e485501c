import type { Agents, Keys, Providers, Regulators } from '../../directory/directory.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface OperatorPorts {
  readonly providers: Providers;
  readonly keys: Keys;
  readonly agents: Agents;
  readonly regulators: Regulators;
}

type OperatorOperation = 'createProvider' | 'issueKey' | 'revokeKey' | 'createAgent' | 'createRegulator';

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
    revokeKey: async ({ params }, { now }) => {
      if (!(await keys.revoke(params.keyId, now))) throw new Fault('not_found', 'There is no such key.');
      return { status: 204, body: null };
    },
    createAgent: async ({ body }, { now }) => {
      const { name, licenceNo, province, opensAt, closesAt } = body;
      const agent = await agents.create({ name, licenceNo, province, hours: { opensAt, closesAt } }, now);
      return { status: 201, body: { agentId: agent.agentId, key: agent.key } };
    },
    createRegulator: async ({ body }, { now }) => {
      const { regulatorId, key } = await regulators.create(body.name, body.scope ?? {}, now);
      return { status: 201, body: { regulatorId, key } };
    },
  };
}
