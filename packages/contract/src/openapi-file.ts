// The committed openapi.json, byte for byte.
import { buildOpenApiDocument } from './openapi.ts';
import { sortKeys } from './sort-keys.ts';

/** The document served at the root of the gateway, keys sorted, so that a diff shows what changed and nothing else. */
export function renderOpenApiFile(): string {
  return `${JSON.stringify(sortKeys(buildOpenApiDocument({ serverUrl: '/' })), null, 2)}\n`;
}
