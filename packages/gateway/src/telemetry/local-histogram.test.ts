import { expect, test } from 'vitest';
import { openTelemetry } from './open-telemetry.ts';

const WIDTHS = { name: 'playgate.widths', description: 'Widths.', unit: 'm', boundaries: [1, 2.5] } as const;

/** What the SDK's own histogram tells of the same values, line by line in any order. */
async function renderBoth(values: readonly (readonly [value: number, kind: string, size: number])[]) {
  const [own, theirs] = [
    openTelemetry({ otlpUrl: null, traceRatio: 0 }),
    openTelemetry({ otlpUrl: null, traceRatio: 0 }),
  ];
  const { boundaries, name, ...described } = WIDTHS;
  const advice = { explicitBucketBoundaries: [...boundaries] };
  const histogram = own.createHistogram({ ...WIDTHS, labels: ['kind', 'size'] });
  const sdk = theirs.meter.createHistogram(name, { ...described, advice });
  for (const [value, kind, size] of values) {
    histogram.record(value, kind, size);
    sdk.record(value, { kind, size });
  }
  const texts = [await own.render(), await theirs.render()];
  await own.close();
  await theirs.close();
  return texts.map((text) => text.split('\n').sort());
}

test('tells what the SDK tells', async () => {
  const [own, sdk] = await renderBoth([
    [0.5, 'plank', 1],
    [1, 'plank', 1],
    [2.5, 'plank', 1],
    [2.6, 'plank', 2],
    [0, 'beam', 1],
  ]);
  expect(own).toEqual(sdk);
  expect(own).toContainEqual(expect.stringMatching(/_bucket\{.*kind="plank",size="1".*le="2.5"\} 3$/));
});

test('needs no label', async () => {
  const telemetry = openTelemetry({ otlpUrl: null, traceRatio: 0 });
  const histogram = telemetry.createHistogram({ ...WIDTHS, labels: [] });
  expect(await telemetry.render()).not.toContain('playgate_widths');
  for (const value of [1, 2, 3]) histogram.record(value);
  const text = await telemetry.render();
  expect(text).toMatch(/^playgate_widths_sum\{[^}]*\} 6$/m);
  expect(text).toMatch(/_bucket\{[^}]*le="2.5"[^}]*\} 2$/m);
  await telemetry.close();
});
