// The log pages without a mouse, on a phone, in the dark, and with the worst that lines can hold.

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { signIn } from '../support/desk.ts';
import { appendLine, find, lines, openFirst, openLogs } from '../support/logs.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

const HOSTILE = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"> \u001b[31mred \u202egnp.exe';

async function fill(server: Server): Promise<void> {
  for (const level of ['DEBUG', 'INFO', 'WARNING', 'ERROR']) {
    await appendLine(server, 'app.log', { level, message: `one of ${level}`, request_id: 'r.1', user: 'ada' });
  }
  await appendLine(server, 'app.log', { message: `all of it: ${HOSTILE}`, [HOSTILE]: HOSTILE, error: [HOSTILE, 'why'] });
  await appendLine(server, 'app.log', { message: `endless ${'a_word_without_an_end_'.repeat(5000)}needle` });
  await server.appendLog('app.log', 'panicked at a line that is no JSON <b>\n');
}

test('a list of lines', async ({ page, server }) => {
  await fill(server);
  await signIn(page);
  await openLogs(page);
  await expectToFitAPhone(page);
  await openFirst(lines(page, 'one of ERROR'));
  await page.getByText('As a table').click();
  await page.getByText('More filters').click();
  await page.getByTestId('log-level').locator('summary').click();
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('a filter with a mistake, and an empty list', async ({ page }) => {
  await signIn(page);
  await openLogs(page, { status: 'much', since: '1h' });
  await expectAccessible(page);
  await expectToFitAPhone(page);
  await openLogs(page, { text: 'nobody wrote this' });
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test("a request's story", async ({ page, server }) => {
  await fill(server);
  await signIn(page);
  await page.goto('/admin/requests/r.1/');
  await page.getByTestId('story-line').first().locator('summary').click();
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('hostile text is shown and not obeyed', async ({ page, server }) => {
  page.on('dialog', () => expect(false, 'no dialog opens').toBe(true));
  await fill(server);
  await signIn(page);
  await openLogs(page, { text: '<script>window' });
  const row = lines(page, 'all of it');
  await expect(row).toContainText('<img src=x onerror="window.hacked = 1"> ⟨U+001B⟩[31mred ⟨U+202E⟩gnp.exe');
  const detail = await openFirst(row);
  await expect(detail.locator('script, img, b')).toHaveCount(0);
  await expect(detail).not.toContainText(/[\u0000-\u0008\u000e-\u001f\u202e]/);

  // The value's own link finds the very same line.
  await detail.getByRole('link', { name: 'why', exact: true }).click();
  await expect(lines(page, 'all of it')).toHaveCount(1);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('of an endless line the list shows the match, and the opened line shows all', async ({ page, server }) => {
  await fill(server);
  await signIn(page);
  await openLogs(page, { text: 'needle' });
  const row = lines(page, 'needle');
  await expect(row.locator('summary mark')).toHaveText('needle');
  expect((await row.locator('summary').textContent())?.length).toBeLessThan(1000);
  const detail = await openFirst(row);
  expect((await detail.textContent())?.length).toBeGreaterThan(100_000);
});

test('a keyboard searches, opens a line and goes on to its story', async ({ page, server }) => {
  await appendLine(server, 'app.log', { message: 'by hand', request_id: 'hand.1' });
  await signIn(page);
  await openLogs(page);
  await page.getByLabel('Text', { exact: true }).focus();
  await page.keyboard.type('by hand');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/text=by%20hand/);

  const summary = lines(page, 'by hand').locator('summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('log-detail')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('log-detail').getByRole('link').first()).toBeFocused();

  const story = lines(page, 'by hand').getByRole('link', { name: 'Timeline' });
  await story.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin/requests/hand.1/');
});

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the log pages speak it, and keep their state when the language changes', async ({ page, server }) => {
    await appendLine(server, 'error.log', { level: 'ERROR', message: '磁盘已满', request_id: 'zh.1' });
    await signIn(page);
    await openLogs(page, { file: 'error', text: '磁盘' });
    await expect(lines(page, '磁盘已满').locator('summary mark')).toHaveText('磁盘');
    await expect(page.getByRole('button', { name: '搜索' })).toBeVisible();
    await page.getByTestId('language').click();
    await expect(page.getByRole('button', { name: 'Search' })).toBeVisible();
    await expect(lines(page, '磁盘已满')).toHaveCount(1);

    await find(page, 'zh.1');
    await page.waitForURL('**/admin/requests/zh.1/');
    await page.getByTestId('language').click();
    await expect(page).toHaveURL(/\/admin\/requests\/zh\.1\/$/);
    await expect(page.getByTestId('story-lines')).toContainText('磁盘已满');
  });
});
