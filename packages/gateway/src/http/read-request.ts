// The request as an operation's schemas read it. Complaints name the place and the rule, never the value sent.
import { JSON_MEDIA_TYPE, limits, type Operation } from '@playgate/contract';
import express, { type Request, type Response } from 'express';
import type * as z from 'zod';
import { Fault, type FaultyField } from '../fault.ts';

/** Names of unknown fields are repeated only when they look like names: numbers, dates, phones and serial numbers do not. */
const FIELD_NAME = /^(?!.*\d{4})[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const parseJson = express.json({ limit: limits.BODY_BYTES_MAX, strict: false, type: () => true });

/** Parsed parts by name; those the operation does not have are undefined. */
export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Throws a Fault (`invalid_request` with all that is wrong, `unsupported_media_type`) or an error of the body parser. */
export async function readRequest(operation: Operation, request: Request, response: Response): Promise<ParsedRequest> {
  if (operation.body) await readBody(request, response);
  const fields: FaultyField[] = [];
  const parsed = {
    params: operation.params && parsePart(operation.params, request.params, 'params', fields),
    query: parseQuery(operation, request, fields),
    body: operation.body && parsePart(operation.body, request.body, 'body', fields),
  };
  if (fields.length > 0) throw invalid(fields);
  return parsed;
}

/** A body that was parsed already. Throws a Fault: `invalid_request`. */
export function readBodyOf({ body }: Operation, value: unknown): unknown {
  const fields: FaultyField[] = [];
  const parsed = body && parsePart(body, value, 'body', fields);
  if (fields.length > 0) throw invalid(fields);
  return parsed;
}

const invalid = (fields: readonly FaultyField[]) =>
  new Fault('invalid_request', 'See `errors` for what is wrong and where.', fields);

async function readBody(request: Request, response: Response): Promise<void> {
  if (hasBody(request) && !isJson(request)) {
    throw new Fault('unsupported_media_type', `The Content-Type must be ${JSON_MEDIA_TYPE}.`);
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  // The parser takes nothing at all for `{}`.
  if (!hasBody(request)) request.body = undefined;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson(request: Request): boolean {
  return request.headers['content-type'] === JSON_MEDIA_TYPE || Boolean(request.is(JSON_MEDIA_TYPE));
}

/** Public pages may be asked with anything in the query; every other operation takes what its schema names. */
function parseQuery({ auth, query }: Operation, request: Request, fields: FaultyField[]): unknown {
  if (query) return parsePart(query, request.query, 'query', fields);
  if (request.url.includes('?') && !auth.includes('none')) {
    const names = Object.keys(request.query);
    for (const name of names) fields.push({ path: placeOf('query', nameable(name)), message: 'is not known' });
  }
  return undefined;
}

type Part = 'params' | 'query' | 'body';

function parsePart(schema: z.ZodType, value: unknown, part: Part, fields: FaultyField[]): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    if (fields.length >= limits.PROBLEM_ERRORS_MAX) break;
    fields.push(...fieldsOf(issue, part));
  }
  return undefined;
}

function fieldsOf(issue: z.core.$ZodIssue, part: Part): FaultyField[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: placeOf(part, path), message: issue.message }];
  return issue.keys.map((key) => ({ path: placeOf(part, [...path, ...nameable(key)]), message: 'is not known' }));
}

const nameable = (name: string): string[] => (FIELD_NAME.test(name) ? [name] : []);

/** `beats.0.seq` of the body, `query.date`, `params.sessionId`; `body` for all of it. */
function placeOf(part: Part, path: readonly string[]): string {
  const place = part === 'body' && path.length > 0 ? path : [part, ...path];
  return place.join('.').slice(0, limits.NAME_LENGTH_MAX);
}
