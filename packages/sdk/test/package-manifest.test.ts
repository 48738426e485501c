import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { type Manifest, manifestFaults } from '../scripts/package-manifest.ts';

const source: Manifest = manifest;
/** As pnpm packs it: `publishConfig.exports` take the place of `exports`. */
const packed: Manifest = { ...source, exports: manifest.publishConfig.exports };

test('the manifest is fit to be published', () => {
  expect(manifestFaults(packed, source)).toEqual([]);
});

test.each<[string, Partial<Manifest>]>([
  ['depends on left-pad', { dependencies: { 'left-pad': '1.0.0' } }],
  ['asks for react', { peerDependencies: { react: '19' } }],
  ['does not say that it has no side effects', { sideEffects: true }],
  ['names no repository for its provenance', { repository: { directory: 'packages/sdk' } }],
  ['publishConfig.exports are not the exports without sources', { exports: source.exports }],
  ['typesVersions are not the types of the exports', { typesVersions: {} }],
])('%s', (fault, change) => {
  expect(manifestFaults({ ...packed, ...change }, source)).toEqual([`package.json: ${fault}`]);
});
