import { ExamplePage } from '@playgate/example-harness/example-page';
import { expect, it } from 'vitest';

const MINUTE_MS = 60_000;

it('renders play from the start to the end, once even in strict mode', async () => {
  await using example = await ExamplePage.open('react-hook', { usedMs: 57 * MINUTE_MS });
  const { page } = example;
  const timer = page.getByRole('timer');
  await timer.waitFor();
  expect(await timer.textContent()).toBe(' 3 min left');
  await page.getByRole('button').click();
  expect(await page.getByRole('button').textContent()).toBe('1 points');
  expect(example.sessionsOpened).toBe(1);

  await example.playOn(2 * MINUTE_MS + 40_000);
  expect(await timer.textContent()).toBe(' 1 min left');
  await page.getByText('Saved.').waitFor();
  expect(await page.getByRole('button').textContent()).toBe('1 points');

  await example.playOn(20_000);
  await page.getByRole('alert').filter({ hasText: 'today' }).waitFor();
  expect(await page.getByRole('button').count()).toBe(0);

  await page.reload();
  await page.getByRole('alert').waitFor();
  expect(await timer.count()).toBe(0);
  expect(example.faults).toEqual([]);
});

it('shows the health notice in the law’s own words, with a translation, for a while', async () => {
  await using example = await ExamplePage.open('react-hook', { usedMs: 29 * MINUTE_MS });
  const notice = example.page.getByRole('status');
  await example.page.getByRole('timer').waitFor();
  await example.playOn(MINUTE_MS + 5_000);
  expect(await notice.textContent()).toMatch(/180 phút.*180 minutes/);
  expect(await notice.locator('[lang=vi]').textContent()).toContain('180 phút');
  await example.playOn(30_000);
  expect(await notice.count()).toBe(0);
  expect(example.faults).toEqual([]);
});
