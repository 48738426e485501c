import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { Operation } from './operation.ts';
import { findOperation, METHODS_BY_PATH, OPERATIONS } from './registry.ts';

const operations: readonly Operation[] = OPERATIONS;

describe('the registry', () => {
  it('names every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(
        /^(get|list|create|issue|revoke|erase|export|open|record|close|freeze|advance|release|register|set|undo|begin|end|complete)[A-Z]\w+$/,
      );
  });

  it('has one operation per method and path', () => {
    const routes = operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('finds operations by id, and the methods of a path', () => {
    expect(findOperation('openSession')?.path).toBe('/v1/sessions');
    expect(findOperation('toString')).toBeUndefined();
    expect(METHODS_BY_PATH.get('/v1/sandbox/clock')).toEqual(['GET', 'PUT', 'DELETE']);
  });

  it('holds every route of the contract', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
        'GET /openapi.json',
        'GET /docs',
        'GET /.well-known/jwks.json',
        'GET /v1/evidence/keys',
        'GET /v1/evidence/checkpoint',
        'GET /v1/evidence/entries',
        'GET /v1/evidence/proof/inclusion',
        'GET /v1/evidence/proof/consistency',
        'GET /v1/evidence/proof/range',
        'GET /schemas/{schemaName}',
        'GET /v1/sign-in',
        'GET /v1/sign-in/callback',
        'POST /v1/sign-out',
        'GET /v1/me',
        'POST /v1/admin/providers',
        'POST /v1/admin/providers/{providerId}/keys',
        'DELETE /v1/admin/keys/{keyId}',
        'POST /v1/admin/agents',
        'GET /v1/admin/agents',
        'POST /v1/admin/regulators',
        'POST /v1/admin/agents/{agentId}/keys',
        'POST /v1/admin/regulators/{regulatorId}/keys',
        'POST /v1/games',
        'GET /v1/games',
        'POST /v1/age-verifications',
        'GET /v1/age-verifications/{verificationId}',
        'POST /v1/age-verifications/{verificationId}/presentation',
        'GET /v1/oidc/callback',
        'DELETE /v1/players/{playerId}',
        'GET /v1/players/{playerId}/export',
        'PUT /v1/players/{playerId}/guardian',
        'GET /v1/players/{playerId}/guardian',
        'DELETE /v1/players/{playerId}/guardian',
        'PUT /v1/players/{playerId}/guardian-rules',
        'GET /v1/players/{playerId}/guardian-rules',
        'POST /v1/players/{playerId}/guardian-links',
        'DELETE /v1/players/{playerId}/guardian-links/{linkId}',
        'POST /v1/sessions',
        'POST /v1/sessions/{sessionId}/heartbeats',
        'POST /v1/heartbeats',
        'POST /v1/sessions/{sessionId}/close',
        'GET /v1/sessions/{sessionId}/events',
        'GET /v1/client-texts',
        'POST /v1/webhook-endpoints',
        'GET /v1/webhook-endpoints',
        'DELETE /v1/webhook-endpoints/{endpointId}',
        'POST /v1/webhook-endpoints/{endpointId}/secrets',
        'POST /v1/webhook-endpoints/{endpointId}/tests',
        'GET /v1/webhook-endpoints/{endpointId}/deliveries',
        'GET /v1/players/{playerId}/playtime',
        'GET /v1/players/{playerId}/statement',
        'GET /v1/players/{playerId}/corrections',
        'POST /v1/players/{playerId}/corrections',
        'POST /v1/players/{playerId}/corrections/{correctionId}/undo',
        'POST /v1/players/{playerId}/grants',
        'PUT /v1/sandbox/clock',
        'POST /v1/sandbox/clock/advance',
        'DELETE /v1/sandbox/clock',
        'GET /v1/sandbox/clock',
        'GET /v1/reports/daily',
        'GET /v1/reports/periodic',
        'GET /v1/reports/forms',
        'GET /v1/reports/access-log',
        'POST /v1/stations',
        'GET /v1/stations',
        'POST /v1/stations/{stationId}/tokens',
        'DELETE /v1/stations/{stationId}',
        'GET /v1/agent/sessions',
        'POST /v1/agent/sessions/{sessionId}/end',
        'GET /v1/agent/access-log',
      ].sort(),
    );
  });
});

describe.each(operations)('$operationId', (operation) => {
  it('describes exactly the parameters of its path', () => {
    const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(operation.params?.shape ?? {})).toEqual(named);
  });

  it('answers browsers if and only if a client of a game may call it', () => {
    const forClients = operation.auth.includes('publishable') || operation.auth.includes('session');
    expect(operation.browser).toBe(forClients);
  });

  it('says who may call it', () => {
    expect(operation.auth.length).toBeGreaterThan(0);
    if (operation.auth.includes('none')) expect(operation.auth).toEqual(['none']);
    if (operation.tag !== 'Public' && operation.tag !== 'Sign-in') expect(operation.auth).not.toContain('none');
  });

  it('names a field of its reply where it shows a credential', () => {
    const { shownOnce, responses, idempotent } = operation;
    const fields = Object.keys((responses[201]?.schema as z.ZodObject | undefined)?.shape ?? {});
    const credentials = fields.filter((name) => ['key', 'stationToken', 'secret', 'url'].includes(name));
    expect(credentials).toEqual(shownOnce === undefined ? [] : [shownOnce]);
    if (shownOnce !== undefined) expect(idempotent && fields.some((name) => name.endsWith('Id'))).toBe(true);
  });

  it('takes an idempotency key if and only if it creates', () => {
    expect(operation.idempotent).toBe(operation.method === 'POST' && 201 in operation.responses);
  });
});
