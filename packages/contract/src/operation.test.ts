// What handlers and clients are promised by the types; checked by the compiler.
import type { EndReason, PlayState, BindingRule as PolicyBindingRule } from '@playgate/policy';
import { describe, expectTypeOf, it } from 'vitest';
import type { OperationInput, OperationReply } from './operation.ts';
import type { createAgent } from './operations/create-agent.ts';
import type { getHealth } from './operations/get-health.ts';
import type { openSession } from './operations/open-session.ts';
import type { recordHeartbeat } from './operations/record-heartbeat.ts';
import type { revokeKey } from './operations/revoke-key.ts';
import type { BindingRule, HeartbeatEnded, HeartbeatReply, HeartbeatRequest, OpenSessionReply } from './wire.ts';

describe('types of an operation', () => {
  it('gives a handler its parsed input', () => {
    expectTypeOf<OperationInput<typeof recordHeartbeat>['params']['sessionId']>().toEqualTypeOf<string>();
    expectTypeOf<OperationInput<typeof recordHeartbeat>['body']['state']>().toEqualTypeOf<PlayState>();
    expectTypeOf<OperationInput<typeof createAgent>['body']['opensAt']>().toEqualTypeOf<string>();
    expectTypeOf<OperationInput<typeof getHealth>['body']>().toEqualTypeOf<undefined>();
  });

  it('gives a handler its replies by status', () => {
    expectTypeOf<OperationReply<typeof revokeKey>>().toEqualTypeOf<{ readonly status: 204; readonly body: null }>();
    expectTypeOf<
      Extract<OperationReply<typeof openSession>, { status: 201 }>['body']['verdict']
    >().toEqualTypeOf<'play'>();
    expectTypeOf<OperationReply<typeof openSession>['status']>().toEqualTypeOf<200 | 201>();
  });

  it('lets a client tell answers apart by their verdict', () => {
    expectTypeOf<OpenSessionReply['verdict']>().toEqualTypeOf<'play' | 'denied'>();
    expectTypeOf<HeartbeatReply['verdict']>().toEqualTypeOf<'continue' | 'warn' | 'end'>();
    expectTypeOf<HeartbeatEnded['reason']>().toEqualTypeOf<EndReason>();
    expectTypeOf<HeartbeatRequest['seq']>().toEqualTypeOf<number>();
  });

  it('names binding rules as the rules do', () => {
    expectTypeOf<BindingRule>().toEqualTypeOf<PolicyBindingRule>();
  });
});
