import { ExamplePage } from '@playgate/example-harness/example-page';
import { expect, it } from 'vitest';

const MINUTE_MS = 60_000;

it('plays until the limit, and is refused after it', async () => {
  await using example = await ExamplePage.open('script-tag', { usedMs: 58 * MINUTE_MS });
  const { page } = example;
  const drawn = () => page.evaluate(() => document.querySelector('canvas')?.toDataURL());
  const moves = async () => {
    const before = await drawn();
    await page.clock.runFor(500);
    return before !== (await drawn());
  };
  await example.part('badge').waitFor();
  expect(await moves()).toBe(true);
  for (const [width, height] of [
    [320, 568],
    [568, 320],
    [800, 600],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const selector of ['canvas', '#exit']) {
      const box = (await page.locator(selector).boundingBox())!;
      const corner = { right: box.x + box.width, bottom: box.y + box.height };
      expect([box.x >= 0, corner.right <= width, corner.bottom <= height], `${selector} at ${width}`).toEqual([
        true,
        true,
        true,
      ]);
    }
  }

  await example.playOn(2 * MINUTE_MS);
  await example.part('end').waitFor();
  expect(await moves()).toBe(false);

  await page.reload();
  await example.part('end').waitFor();
  expect(await example.part('number').textContent()).toBe('111');
  expect(await moves()).toBe(false);
  expect(example.faults).toEqual([]);
});
