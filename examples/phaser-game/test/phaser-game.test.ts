import { ExamplePage } from '@playgate/example-harness/example-page';
import { expect, it } from 'vitest';

const MINUTE_MS = 60_000;

it('is played until the limit, with a warning, time to save and an end', async () => {
  await using example = await ExamplePage.open('phaser-game', { usedMs: 54 * MINUTE_MS });
  const { page } = example;
  /** Whether anything on the screen changes while a second goes by. */
  const moves = async () => {
    const before = await page.screenshot();
    await page.clock.runFor(1_000);
    return !before.equals(await page.screenshot());
  };
  await example.part('badge').waitFor();
  expect(await example.part('badge').textContent()).toBe('00+');
  expect(await example.part('countdown').textContent()).toBe('Còn 6 phút');

  await example.playOn(MINUTE_MS);
  await example.part('warning').waitFor();
  expect(await moves()).toBe(true);
  expect(await page.evaluate(() => localStorage.getItem('star-basket.score'))).toBeNull();

  await example.playOn(5 * MINUTE_MS);
  await example.part('end').waitFor();
  expect(await example.part('end').textContent()).toContain('00:00');
  expect(await page.evaluate(() => localStorage.getItem('star-basket.score'))).not.toBeNull();
  expect(await moves()).toBe(false);
  expect(example.faults).toEqual([]);
});
