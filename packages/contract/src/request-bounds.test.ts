import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { INSTANT_LENGTH_MAX } from './limits.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './registry.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Paths of what a request could make arbitrarily large, or fill with unknown fields. */
function findUnbounded(schema: JsonSchema, path = '$'): readonly string[] {
  const found: string[] = [];
  const members = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (members.length > 0) return members.flatMap((member) => findUnbounded(asSchema(member), path));
  if (schema.enum !== undefined || schema.const !== undefined) return found;
  switch (schema.type) {
    case 'string':
      if (schema.maxLength === undefined) found.push(`${path}: string without maxLength`);
      break;
    case 'integer':
      if (schema.minimum === undefined || schema.maximum === undefined) found.push(`${path}: integer without bounds`);
      if (Number(schema.maximum) === Number.MAX_SAFE_INTEGER)
        found.push(`${path}: integer bounded by nothing but its type`);
      break;
    case 'array':
      if (schema.maxItems === undefined) found.push(`${path}: array without maxItems`);
      found.push(...findUnbounded(asSchema(schema.items), `${path}[]`));
      break;
    case 'object':
      found.push(...findUnboundedRest(schema, path));
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        found.push(...findUnbounded(asSchema(property), `${path}.${name}`));
      }
      break;
    case 'boolean':
    case 'null':
      break;
    default:
      found.push(`${path}: ${schema.type ?? 'anything'} is not allowed`);
  }
  return found;
}

/** Unknown fields only where they are texts of bounded length: what identity providers add to a callback. */
function findUnboundedRest({ additionalProperties: rest }: JsonSchema, path: string): readonly string[] {
  if (rest === false) return [];
  const isText = typeof rest === 'object' && rest.type === 'string';
  return isText ? findUnbounded(rest, `${path}.*`) : [`${path}: object takes unknown fields`];
}

type Member = JsonSchema | boolean | undefined;

/** `true` and nothing at all allow anything, as an empty schema does. */
function asSchema(value: Member | Member[]): JsonSchema {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function boundsOf(schema: z.ZodType): readonly string[] {
  // Without the component ids of the global registry everything is written out in place.
  return findUnbounded(z.toJSONSchema(schema, { io: 'input', metadata: z.registry() }));
}

describe.each<Operation>(OPERATIONS)('requests of $operationId', ({ params, query, body }) => {
  it('are strict and bounded everywhere', () => {
    for (const part of [params, query, body]) if (part) expect(boundsOf(part)).toEqual([]);
  });
});

describe('the walk over a schema', () => {
  it.each([
    ['an unbounded string', z.strictObject({ name: z.string() })],
    ['an unbounded integer', z.strictObject({ count: z.int() })],
    ['a number that is no integer', z.strictObject({ share: z.number().min(0).max(1) })],
    ['an unbounded array', z.strictObject({ names: z.array(z.string().max(1)) })],
    ['an unbounded item', z.strictObject({ names: z.array(z.string()).max(1) })],
    ['a loose object', z.strictObject({ inner: z.object({}) })],
    ['a record', z.strictObject({ inner: z.record(z.string().max(1), z.boolean()) })],
    ['a member of a union', z.union([z.literal('a'), z.string()]).nullable()],
    ['anything', z.strictObject({ inner: z.unknown() })],
  ])('finds %s', (_, schema) => {
    expect(boundsOf(schema)).not.toEqual([]);
  });

  it('passes what is bounded', () => {
    expect(boundsOf(z.strictObject({ at: z.string().max(INSTANT_LENGTH_MAX).nullable() }))).toEqual([]);
  });
});
