// Requests of an operation, from good to hopeless, as data that fast-check can shrink and print. They start from the sample
// of the operation, whose ids are real, so that what is wrong with them is met as far inside as possible.
import { gzipSync } from 'node:zlib';
import type { Operation } from '@playgate/contract';
import fc, { type Arbitrary } from 'fast-check';
import type { BytesRequest } from './raw-client.ts';
import type { Sample } from './request-samples.ts';
import { type JsonSchema, oddKey, oddText, oddValue, schemaOf, validOf } from './schema-arbitraries.ts';

const CHANGES_MAX = 3;
const CONTENT_TYPES = [
  'text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=',
  'application/json;;;',
  'application/vnd.api+json',
  'multipart/form-data; boundary=x',
  '*/*',
  ';',
  'application/JSON',
];
const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'x'];
/** Inflates to ten times what a body may have. */
const BOMB = gzipSync(Buffer.alloc(2_621_440, ' '));

/** A change of one place of a JSON value; `at` picks the place among those there are. */
type Change =
  | { readonly do: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly do: 'remove'; readonly at: number }
  | { readonly do: 'add'; readonly at: number; readonly key: string; readonly value: unknown };

const change: Arbitrary<Change> = fc.oneof(
  fc.record({ do: fc.constant('replace' as const), at: fc.nat(100), value: oddValue }),
  fc.record({ do: fc.constant('remove' as const), at: fc.nat(100) }),
  fc.record({ do: fc.constant('add' as const), at: fc.nat(100), key: oddKey, value: oddValue }),
);

type Container = Record<string, unknown>;

/** Places deeper than any schema are left alone: a value nested 3,000 deep is one place. */
function placesIn(value: unknown, depth = 0): { readonly holder: Container; readonly key: string }[] {
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  const holder = value as Container;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key], depth + 1)]);
}

/** As own property, also where the name is `__proto__`. */
function put(holder: Container, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function applyChange(root: { body: unknown }, { at, ...what }: Change): void {
  const places = placesIn(root);
  const { holder, key } = places[at % places.length] ?? { holder: root as Container, key: 'body' };
  if (what.do === 'replace') put(holder, key, copy(what.value));
  else if (what.do === 'remove') delete holder[key];
  else addTo(holder === (root as Container) ? objectIn(root) : holder, what.key, copy(what.value));
}

function addTo(holder: Container, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value);
  else put(holder, key, value);
}

function objectIn(root: { body: unknown }): Container {
  if (typeof root.body !== 'object' || root.body === null) root.body = {};
  return root.body as Container;
}

/** What is generated belongs to fast-check; structuredClone goes no deeper than the stack. */
function copy(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What is done to the text of a body. */
const TEXT_CHANGES: readonly ((text: string) => string | Uint8Array)[] = [
  (text) => text.replace(/^\{/, '{"a":1,"a":2,'),
  (text) => text.replace(/"(\w+)":/, '"$1":null,"$1":'),
  (text) => text.replace(/^\{/, '{"__proto__":{"isAdmin":true},'),
  (text) => text.replace(/:[^,}]*/, ':1e999'),
  (text) => text.replace(/:[^,}]*/, ':-0'),
  (text) => text.replace(/:[^,}]*/, `:${'9'.repeat(5_000)}`),
  (text) => text.replace(/:[^,}]*/, ':NaN'),
  (text) => text.slice(0, Math.floor(text.length / 2)),
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text) => `[${text}]`,
  (text) => text.replaceAll('"', "'"),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0xc0, 0x80, 0x22, 0x7d])]),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => `{"a":"${'x'.repeat(300_000)}"}${text}`,
  (text) => '['.repeat(100_000) + text,
  () => '',
];

type Bodily = Pick<BytesRequest, 'headers' | 'body'>;

const NO_BODY: Bodily = { headers: {}, body: null };

function bodyOf(schema: JsonSchema, sample: unknown): Arbitrary<Bodily> {
  const good = validOf(schema);
  const base = fc.oneof(
    { weight: 3, arbitrary: fc.constant(sample) },
    { weight: 2, arbitrary: good },
    { weight: 2, arbitrary: good.map((value) => ({ ...(sample as object), ...(value as object) })) },
    { weight: 1, arbitrary: oddValue },
  );
  const value = fc.tuple(base, fc.array(change, { maxLength: CHANGES_MAX })).map(([from, changes]) => {
    const root = { body: copy(from) };
    for (const each of changes) applyChange(root, each);
    return JSON.stringify(root.body) ?? '';
  });
  return fc
    .tuple(value, fc.option(fc.constantFrom(...TEXT_CHANGES), { freq: 5 }), headersOfBody)
    .map(([text, changeText, headers]) => {
      if (headers['content-encoding'] === 'bomb')
        return { headers: { ...headers, 'content-encoding': 'gzip' }, body: BOMB };
      const bytes = changeText === null ? text : changeText(text);
      return { headers, body: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
    });
}

const headersOfBody: Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
  { weight: 1, arbitrary: fc.constantFrom(...CONTENT_TYPES).map((type) => ({ 'content-type': type })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...ENCODINGS, 'bomb').map((encoding) => ({
      'content-type': 'application/json',
      'content-encoding': encoding,
    })),
  },
);

/** UTF-8 in percent signs; halves of pairs as the three bytes they would have. */
function percentEncode(text: string): string {
  const bytes = Buffer.from([...text].join(''), 'utf8');
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

const RAW_SEGMENTS = [
  '%',
  '%f',
  '%ff',
  '%c0%80',
  '%ed%a0%80',
  '..',
  '.',
  '%2e%2e',
  '%2f',
  '',
  ';a=b',
  '*',
  'x'.repeat(65),
];

function pathOf(operation: Operation, sample: Sample['params']): Arbitrary<string> {
  const shapes = operation.params === undefined ? {} : (schemaOf(operation.params).properties ?? {});
  const segments = Object.keys(shapes).map((name) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(sample[name] ?? 'x') },
      { weight: 1, arbitrary: validOf(shapes[name]!).map((value) => encodeURIComponent(String(value)) || 'x') },
      { weight: 1, arbitrary: oddText.map(percentEncode) },
      { weight: 1, arbitrary: fc.constantFrom(...RAW_SEGMENTS) },
    ),
  );
  const names = Object.keys(shapes);
  return fc
    .tuple(...segments)
    .map((values) => operation.path.replace(/\{(\w+)\}/g, (_, name: string) => values[names.indexOf(name)]!));
}

const RAW_QUERIES = [
  '?',
  '?&&&',
  '?=',
  '?%',
  '?a[b][c]=d',
  '?__proto__[x]=1',
  '?a=%ff&a=%00',
  `?${'a=1&'.repeat(1_500)}`,
];

function queryOf(operation: Operation, sample: Sample['query']): Arbitrary<string> {
  const shapes = operation.query === undefined ? {} : (schemaOf(operation.query).properties ?? {});
  const known = Object.entries(shapes).map(([name, shape]) =>
    fc.oneof(validOf(shape).map(String), oddText).map((value) => `${name}=${percentEncode(value)}`),
  );
  const odd = fc.tuple(oddKey, oddText).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  const good = sample === undefined ? '' : `?${new URLSearchParams(sample)}`;
  const pairs = fc.array(known.length > 0 ? fc.oneof(...known, ...known, odd) : odd, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: operation.query === undefined ? 12 : 3, arbitrary: fc.constant(good) },
    {
      weight: operation.query === undefined ? 1 : 6,
      // Beside the good ones, some names then twice, or in their place.
      arbitrary: fc
        .tuple(fc.boolean(), pairs)
        .map(([keepsGood, each]) => `${keepsGood && good ? `${good}&` : '?'}${each.join('&')}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(...RAW_QUERIES) },
  );
}

/** Visible ASCII and Latin-1: what can be sent in a header at all. */
const headerText = fc.oneof(
  fc.constantFrom('', ' ', '"', '\\', ',', 'é', 'a, b', '__proto__', 'x'.repeat(256), '0'),
  fc.stringMatching(/^[!-~]{1,40}$/),
);

function headersOf({ headers, token }: Sample): Arbitrary<Record<string, string>> {
  const own = { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
  const names = [
    'idempotency-key',
    'x-request-id',
    'accept',
    'cookie',
    'x-csrf-token',
    'origin',
    'x-forwarded-for',
    'range',
    'playgate-purpose',
  ];
  const others = fc.array(fc.tuple(fc.constantFrom(...names), headerText), { maxLength: 2 });
  return fc.option(others, { freq: 3, nil: [] }).map((added) => ({ ...own, ...Object.fromEntries(added) }));
}

export function requestOf(operation: Operation, sample: Sample): Arbitrary<BytesRequest> {
  const { body, params, query } = sample;
  const bodily =
    operation.body === undefined
      ? fc.oneof({ weight: 9, arbitrary: fc.constant(NO_BODY) }, { weight: 1, arbitrary: bodyOf({}, {}) })
      : fc.oneof(
          { weight: 19, arbitrary: bodyOf(schemaOf(operation.body), body) },
          { weight: 1, arbitrary: fc.constant(NO_BODY) },
        );
  return fc
    .record({ path: pathOf(operation, params), query: queryOf(operation, query), headers: headersOf(sample), bodily })
    .map(({ path, query, headers, bodily: { body: bytes, headers: ofBody } }) => {
      const request = {
        method: operation.method,
        target: path + query,
        headers: { ...headers, ...ofBody },
        body: bytes,
      };
      return Object.assign(request, { [fc.toStringMethod]: () => show(request) });
    });
}

/** What a failed run prints. */
function show({ body, headers, method, target }: BytesRequest): string {
  return `${method} ${target} ${JSON.stringify(headers)} ${Buffer.from(body ?? []).toString('latin1')}`;
}
