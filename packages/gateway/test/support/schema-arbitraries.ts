// fast-check arbitraries for values that a JSON schema lets in, and for values that hardly any should.
// Refinements that JSON Schema cannot say (a day that exists) are not kept, so some of the former are refused all the same.
import fc, { type Arbitrary } from 'fast-check';
import * as z from 'zod';

export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

const LIST_LENGTH_MAX = 4;
const TEXT_LENGTH_MAX = 64;

export function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** Values of the schema. `root` holds what its references point to. */
export function validOf(schema: JsonSchema, root: JsonSchema = schema): Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf } = schema;
  if ($ref !== undefined) return validOf(root.$defs![$ref.slice('#/$defs/'.length)]!, root);
  const members = anyOf ?? oneOf;
  if (members !== undefined) return fc.oneof(...members.map((member) => validOf(member, root)));
  if (allOf !== undefined) return validOf({ ...schema, ...Object.assign({}, ...allOf), allOf: undefined }, root);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  return ofType(schema, root);
}

function ofType(schema: JsonSchema, root: JsonSchema): Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -(2 ** 31)),
        max: Math.min(schema.maximum ?? 1, 2 ** 31),
      });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { minItems = 0, maxItems = LIST_LENGTH_MAX } = schema;
      const maxLength = Math.max(minItems, Math.min(maxItems, LIST_LENGTH_MAX));
      return fc.array(validOf(schema.items ?? {}, root), { minLength: minItems, maxLength });
    }
    case 'object':
      return recordOf(schema, root);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function recordOf({ properties = {}, required = [] }: JsonSchema, root: JsonSchema): Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, member]) => [name, validOf(member, root)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required], noNullPrototype: true });
}

function textOf({ pattern, format, minLength = 0, maxLength = TEXT_LENGTH_MAX }: JsonSchema): Arbitrary<string> {
  const dates = { min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true };
  if (format === 'date') return fc.date(dates).map((date) => date.toISOString().slice(0, 10));
  if (format === 'date-time') return fc.date(dates).map((date) => date.toISOString());
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, TEXT_LENGTH_MAX)) };
  // fast-check cannot turn round classes of Unicode, which only keep out what such texts never have, and looks ahead.
  if (pattern === undefined || /\\p\{|\(\?[=!<]/.test(pattern)) return fc.string({ ...length, unit: 'grapheme' });
  return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, maxLength));
}

/** Left to right, right to left, invisible, combining, beyond the basic plane, halves of pairs, controls, case traps. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\u202egnp.exe',
  '\u200b\u200d\ufeff',
  'é\u0301\u0301\u0301',
  '😀🏳️‍🌈',
  '𠜎𠜱',
  'ﬃ İ ı ſ K',
  '\r\nSet-Cookie: a=b',
  '\u2028\u2029',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' or 1=1; --",
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00%2e%2e%2f',
  '$ne',
  '-0',
  '1e999',
  'NaN',
  'true',
  'null',
  '2026-02-30',
  '0000-00-00',
  '9999-12-31T23:59:60Z',
  '2026-10-14T03:00:00.000+23:59',
] as const;

const ODD_NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1e-320,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
] as const;

const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'length'];

/** Deep for a schema, and not too deep for fast-check, which prints and shrinks it. */
const NESTING_DEPTH = 1_000;

export const oddText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'é', '😀', '\ud800'), fc.constantFrom(65, 300, 5_000))
      .map(([letter, count]) => letter.repeat(count)),
  },
);

/** Own keys that JSON.parse makes and object literals cannot. */
const prototypeKeyed = fc
  .tuple(fc.constantFrom(...PROTOTYPE_KEYS), fc.jsonValue({ maxDepth: 1 }))
  .map(([key, value]) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`) as unknown);

const nested = fc.constantFrom('[', '{"a":').map((open) => {
  const close = open === '[' ? ']' : '}';
  return JSON.parse(open.repeat(NESTING_DEPTH) + (open === '[' ? '' : '1') + close.repeat(NESTING_DEPTH)) as unknown;
});

export const oddKey = fc.oneof(fc.constantFrom(...PROTOTYPE_KEYS), oddText);

/** A value of no particular type. */
export const oddValue: Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: oddText },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...ODD_NUMBERS, null, true, false, [], {}, [[]], [null]) },
  { weight: 2, arbitrary: prototypeKeyed },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.constantFrom(20, 1_500).map((length) => Array.from({ length }, () => 0)) },
);
