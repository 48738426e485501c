// The committed openapi.json, byte for byte.
import { buildOpenApiDocument } from './openapi.ts';

/** The document served at the root of the gateway, keys sorted, so that a diff shows what changed and nothing else. */
export function renderOpenApiFile(): string {
  return `${JSON.stringify(sortKeys(buildOpenApiDocument({ serverUrl: '/' })), null, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
