import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PROBLEM_MEDIA_TYPE } from './headers.ts';
import { buildOpenApiDocument } from './openapi.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { renderOpenApiFile } from './openapi-file.ts';
import type { Operation } from './operation.ts';
import { findOperation, OPERATIONS } from './registry.ts';

const folder = new URL('..', import.meta.url);
const document = JSON.parse(JSON.stringify(buildOpenApiDocument({ serverUrl: '/' })));

describe('openapi.json', () => {
  it('is what scripts/write-openapi.ts would write', async () => {
    expect(await readFile(new URL('openapi.json', folder), 'utf8')).toBe(renderOpenApiFile());
  });

  it('passes the linter', async () => {
    const linter = fileURLToPath(new URL('node_modules/@redocly/cli/bin/cli.js', folder));
    const { stdout } = await promisify(execFile)(process.execPath, [linter, 'lint', '--format=json'], {
      cwd: folder,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 } });
  });
});

describe.each<Operation>(OPERATIONS)('$operationId in the document', ({ operationId, method, path, responses }) => {
  const described = document.paths[path][method.toLowerCase()];

  it('stands under its path', () => {
    expect(described.operationId).toBe(operationId);
  });

  it('answers every error with a problem', () => {
    const errors = Object.keys(described.responses).filter((status) => Number(status) >= 400 && !(status in responses));
    expect(errors).toContain('500');
    for (const status of errors) {
      const name = described.responses[status].$ref.replace('#/components/responses/', '');
      expect(Object.keys(document.components.responses[name].content)).toEqual([PROBLEM_MEDIA_TYPE]);
    }
  });
});

describe.each(Object.entries(EXAMPLES))('examples of %s', (operationId, { request, replies }) => {
  const operation = findOperation(operationId)!;

  it('fit the schemas', () => {
    if (request !== undefined) expect(operation.body?.safeParse(request)).toMatchObject({ success: true });
    for (const [status, reply] of Object.entries(replies)) {
      const { schema } = operation.responses[Number(status)]!;
      // No field of an example is unknown to its schema, which would be dropped here.
      expect(schema?.parse(reply)).toEqual(reply);
    }
  });
});
