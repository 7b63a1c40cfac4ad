// Host and process over time, and what happened to instances: charts, marks, facts, and how they look
// when there is nothing to say.

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import { expect, test } from '../support/test.ts';

const CHARTS = ['Database latency', 'Database connections', /^CPU/, /^Memory/, /^Log disk – .+ free \(.+ used\)$/, /^Data disk – .+ free \(.+ used\)$/];

test('each chart tells what is known, by pointer, keyboard and table', async ({ page }) => {
  await openDesk(page);
  await chooseInterval(page, 1);
  const charts = page.getByTestId('host-charts');
  for (const name of CHARTS) {
    // A share of time needs two looks, which are ten seconds apart.
    await expect(charts.getByRole('figure', { name })).toBeVisible({ timeout: 25_000 });
  }
  const memory = charts.getByRole('figure', { name: /^Memory/ });
  const readout = memory.locator('.chart-readout');
  await expect(readout).toContainText(/Process \d+(\.\d)? MiB/);
  await memory.getByRole('application').focus();
  await page.keyboard.press('Home');
  await expect(readout).toContainText('no data');
  await page.keyboard.press('End');
  await expect(readout).toContainText(/Process \d+(\.\d)? MiB/);
  await memory.getByText('As a table').click();
  await expect(memory.getByRole('row').nth(1)).toContainText('MiB');
  await expect(memory.getByRole('row').last()).toContainText('no data');
});

test('the process tells what it is like now', async ({ page }) => {
  await openDesk(page);
  await chooseInterval(page, 1);
  const facts = page.getByTestId('process-facts');
  await expect(facts).toBeVisible({ timeout: 15_000 });
  await expect(page.getByTestId('process-memory')).toHaveText(/^\d+(\.\d)? MiB$/);
  await expect(facts).toContainText(/Open files\s*\d+ of \d+/);
  await expect(facts).toContainText(/Threads\s*\d+/);
  await expect(facts).toContainText(/Tasks\s*\d+, \d+ queued/);
});

test('a start is a mark on every chart, and a row for who sees none', async ({ page }) => {
  await openDesk(page);
  await chooseInterval(page, 1);
  await page.getByRole('link', { name: '1 h', exact: true }).click();
  const rows = page.getByTestId('events').getByRole('row');
  await expect(rows.filter({ hasText: 'Start' })).toHaveCount(1, { timeout: 15_000 });
  await expect(rows.filter({ hasText: 'Migration' }).first()).toContainText('2026');
  // The processor's chart comes with the second look.
  await expect(page.getByRole('figure', { name: /^CPU/ })).toBeVisible({ timeout: 25_000 });
  const figures = page.getByRole('figure');
  const count = await figures.count();
  expect(count).toBeGreaterThanOrEqual(8);
  for (let number = 0; number < count; number += 1) {
    const figure = figures.nth(number);
    await expect(figure.locator('.chart-plot path.mark-start')).toHaveCount(1);
    await expect(figure.locator('.legend')).toContainText('Start');
    await expect(figure.locator('.chart-mark-text').filter({ hasText: 'Start' })).toHaveCount(1);
  }
});

test.describe('with its own store away', () => {
  test.use({ environment: { OPS_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/ops' } });

  test('the page shows this process, and says what it does not know', async ({ page }) => {
    await openDesk(page);
    await chooseInterval(page, 1);
    await expect(page.getByTestId('host-store-error')).toContainText("can't be reached", { timeout: 15_000 });
    await expect(page.getByTestId('process-memory')).toHaveText(/^\d+(\.\d)? MiB$/, { timeout: 15_000 });
    const memory = page.getByRole('figure', { name: /^Memory/ });
    await expect(memory.locator('.chart-plot .series-first')).toHaveAttribute('d', /^M/);
    await expect(page.getByTestId('events').getByRole('row')).toContainText(['Start']);
    await expectAccessible(page);
    await expectToFitAPhone(page);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('charts, marks and facts are there', async ({ page }) => {
    await signIn(page);
    // The first look is a moment after the start.
    await expect(async () => {
      await page.reload();
      await expect(page.getByTestId('process-memory')).toHaveText(/MiB$/, { timeout: 500 });
    }).toPass({ timeout: 15_000 });
    const memory = page.getByRole('figure', { name: /^Memory/ });
    // In the running step, or the one before if that has just begun.
    await expect(memory.locator('.chart-step title').filter({ hasText: 'MiB' })).not.toHaveCount(0);
    await expect(memory.locator('.chart-plot path.mark-start')).toHaveCount(1);
    await expect(page.getByTestId('events')).toContainText('Start');
  });
});
