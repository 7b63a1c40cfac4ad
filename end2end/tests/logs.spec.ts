// The log page: lines are found, narrowed, followed and taken home.

import { readFile } from 'node:fs/promises';

import { openDesk, signIn } from '../support/desk.ts';
import { address, appendLine, lines, openFirst, openLogs } from '../support/logs.ts';
import { expect, test } from '../support/test.ts';

test('the navigation leads to the newest lines, and a line opens to all its fields', async ({ page, server }) => {
  await appendLine(server, 'app.log', { message: 'the cache was emptied', cache: 'cards', rows: 17 });
  // Awake, the page has told where the reader's clock stands.
  await openDesk(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Logs' }).click();

  await expect(page).toHaveURL(/\/admin\/logs\/$/);
  const detail = await openFirst(lines(page, 'the cache was emptied'));
  await expect(detail).toContainText('rows');
  await expect(detail).toContainText('17');
});

test('a form sent with most of its fields empty makes a short address that a colleague can open', async ({ page, server }) => {
  await appendLine(server, 'error.log', { level: 'ERROR', message: 'disk is FULL' });
  await appendLine(server, 'error.log', { level: 'WARNING', message: 'disk is slow' });
  await openDesk(page);
  await openLogs(page);

  await page.getByLabel('File').selectOption('error');
  await page.getByLabel('Level', { exact: true }).first().selectOption('ERROR');
  await page.getByLabel('Text', { exact: true }).fill('disk is full');
  await page.getByRole('button', { name: 'Search' }).click();

  await expect(page).toHaveURL(/file=error/);
  expect(address(page)).toBe('/admin/logs/?file=error&level=ERROR&text=disk is full');
  await expect(page.getByTestId('log-line')).toHaveCount(1);
  await expect(page.getByTestId('log-line').locator('summary mark')).toHaveText(['disk is FULL']);

  await page.getByRole('button', { name: '15 min' }).click();
  await expect(page).toHaveURL(/since=15m/);
  await expect(page.getByRole('button', { name: '15 min' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('log-line')).toHaveCount(1);

  await page.getByRole('link', { name: 'Remove the filter level: ERROR' }).click();
  await page.getByRole('link', { name: 'Remove the filter text: disk is full' }).click();
  expect(address(page)).toBe('/admin/logs/?file=error&since=15m');
  await expect(lines(page, 'disk is')).toHaveCount(2);
});

test('a click on a value narrows the list to it', async ({ page, server }) => {
  for (const [user, message] of [['ada', 'first'], ['bob', 'second'], ['ada', 'third']] as const) {
    await appendLine(server, 'app.log', { message: `${message} of them`, user });
  }
  await openDesk(page);
  await openLogs(page, { text: 'of them' });
  const detail = await openFirst(lines(page, 'third'));
  await detail.getByRole('link', { name: 'ada', exact: true }).click();

  await expect(page).toHaveURL(/field=user/);
  expect(address(page)).toBe('/admin/logs/?text=of them&field=user:ada');
  await expect(page.getByTestId('log-line')).toHaveCount(2);
  await expect(lines(page, 'second')).toHaveCount(0);
});

test('a mistake is told beside its field, and the rest stays', async ({ page }) => {
  await openDesk(page);
  await openLogs(page, { since: 'soon', text: 'disk' });
  const since = page.getByLabel('From', { exact: true });
  await expect(since).toHaveValue('soon');
  await expect(since).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByTestId('field-error')).toContainText('soon');
  await expect(page.getByTestId('field-error')).toContainText('7d');
  await expect(page.getByLabel('Text', { exact: true })).toHaveValue('disk');
  await expect(page.getByTestId('logs-not-searched')).toBeVisible();
});

test('a time is typed as the clock on the wall has it', async ({ page, server }) => {
  // The browser is in Berlin: in summer, two hours ahead.
  await appendLine(server, 'db.log', { timestamp: '2026-07-01T09:59:00.000Z', message: 'too early' });
  await appendLine(server, 'db.log', { timestamp: '2026-07-01T10:01:00.000Z', message: 'in time' });
  await openDesk(page);
  await openLogs(page, { file: 'db' });
  await page.getByText('More filters').click();
  await page.getByLabel('From', { exact: true }).fill('2026-07-01 12:00');
  await page.getByLabel('Until', { exact: true }).fill('2026-07-01 12:30');
  await page.getByRole('button', { name: 'Search' }).click();

  await expect(page).toHaveURL(/since/);
  expect(address(page)).toBe('/admin/logs/?file=db&since=2026-07-01T10:00:00Z&until=2026-07-01T10:30:00Z');
  await expect(page.getByTestId('log-line')).toHaveCount(1);
  await expect(lines(page, 'in time')).toContainText('07-01 12:01:00.000');
  // It comes back as it was typed, and means the same when it is sent again.
  await expect(page.getByLabel('From', { exact: true })).toHaveValue('2026-07-01 12:00');
  await expect(page.getByLabel('Until', { exact: true })).toHaveValue('2026-07-01 12:30');
  await expect(page.getByTestId('time-hint')).toContainText('in Europe/Berlin');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(lines(page, 'in time')).toHaveCount(1);
  expect(address(page)).toBe('/admin/logs/?file=db&since=2026-07-01T10:00:00Z&until=2026-07-01T10:30:00Z');
});

test('pages are walked by links, and every line is on one of them', async ({ page, server }) => {
  for (let number = 1; number <= 25; number += 1) {
    await appendLine(server, 'app.log', { message: `walk ${String(number).padStart(2, '0')}` });
  }
  await openDesk(page);
  await openLogs(page, { text: 'walk', limit: '10' });
  const seen: string[] = [];
  for (;;) {
    const messages = await page.getByTestId('log-line').locator('.log-message').allTextContents();
    seen.push(...messages.map((message) => message.trim()));
    if ((await page.getByTestId('older').count()) === 0) break;
    const before = page.url();
    await page.getByTestId('older').click();
    await page.waitForURL((url) => url.href !== before);
  }
  const expected = Array.from({ length: 25 }, (_, index) => `walk ${String(25 - index).padStart(2, '0')}`);
  expect(seen).toEqual(expected);
  await page.getByTestId('newest').click();
  await expect(page.getByTestId('log-line').first()).toContainText('walk 25');
});

test('a bar of the histogram leads to its own lines', async ({ page, server }) => {
  await appendLine(server, 'db.log', { timestamp: '2026-07-01T09:00:10.000Z', message: 'bar one' });
  await appendLine(server, 'db.log', { timestamp: '2026-07-01T10:00:10.000Z', message: 'bar two', level: 'ERROR' });
  await openDesk(page);
  await openLogs(page, { file: 'db', text: 'bar', since: '2026-07-01T08:00:00Z', until: '2026-07-01T11:00:00Z' });
  const bars = page.getByTestId('histogram').locator('.histogram-bar a');
  await expect(bars).toHaveCount(2);
  await expect(bars.last().locator('title')).toHaveText('2026-07-01 12:00:00 – 1 ERROR');
  await bars.last().click();

  await expect(page.getByTestId('log-line')).toHaveCount(1);
  await expect(lines(page, 'bar two')).toHaveCount(1);
});

test('following shows new lines as they come, rests when told to, and says when the server is gone', async ({
  page,
  server,
  allowedNoise,
}) => {
  allowedNoise.push(/net::ERR_/);
  await appendLine(server, 'app.log', { message: 'tick 0' });
  await openDesk(page);
  await openLogs(page, { text: 'tick' });
  const status = page.getByTestId('follow-status');
  const button = page.getByTestId('follow');
  await button.click();
  await expect(status).toContainText('no new line yet');

  await appendLine(server, 'app.log', { message: 'another matter' });
  await appendLine(server, 'app.log', { message: 'tick 1' });
  const followed = page.getByTestId('followed').getByTestId('log-line');
  await expect(followed).toHaveCount(1);
  await expect(page.getByTestId('log-line').first()).toContainText('tick 1');
  await expect(status).toContainText('1 new line');
  // A line that came in opens like any other.
  await expect(await openFirst(followed)).toContainText('end2end');

  await button.click();
  await expect(status).toContainText('Paused');
  await appendLine(server, 'app.log', { message: 'tick 2' });
  await appendLine(server, 'app.log', { message: 'tick 3' });
  await expect(followed).toHaveCount(1);
  await button.click();
  await expect(followed).toHaveCount(3);
  await expect(followed.first()).toContainText('tick 3');

  await server.stop();
  await expect(status).toContainText('Connection lost');
  await server.restart();
  await appendLine(server, 'app.log', { message: 'tick 4' });
  await expect(followed.first()).toContainText('tick 4', { timeout: 30_000 });
  await expect(status).toContainText('Following');
  await expect(followed).toHaveCount(4);
});

test.describe('with small log files', () => {
  test.use({ environment: { LOG_MAX_BYTES: '16384', LOG_MAX_FILES: '1' } });

  test('who follows is told how many lines were rotated away unread', async ({ page, server }) => {
    await openDesk(page);
    await openLogs(page, { file: 'access', text: '/nowhere/' });
    const button = page.getByTestId('follow');
    await button.click();
    await fetch(`${server.baseURL}/nowhere/first/`);
    const followed = page.getByTestId('followed').getByTestId('log-line');
    await expect(followed).toHaveCount(1);
    await button.click();
    await expect(page.getByTestId('follow-status')).toContainText('Paused');
    await expect(page.getByTestId('follow-skipped')).toBeHidden();

    for (let number = 0; number < 200; number += 1) await fetch(`${server.baseURL}/nowhere/${number}/`);
    await button.click();

    await expect(page.getByTestId('follow-skipped')).toHaveText(/^1?\d\d lines were rotated away before they could be read\.$/);
    await expect(followed.first()).toContainText('/nowhere/199/');
  });
});

test('what is shown can be taken home', async ({ page, server }) => {
  await appendLine(server, 'app.log', { message: 'to be taken', weight: 3 });
  await openDesk(page);
  await openLogs(page, { text: 'to be taken' });
  const started = page.waitForEvent('download');
  await page.getByTestId('download').click();
  const file = await (await started).path();
  const rows = (await readFile(file, 'utf8')).trim().split('\n');
  expect(rows.map((row) => JSON.parse(row))).toMatchObject([{ message: 'to be taken', weight: 3 }]);
});

test('nothing found is not nothing searched', async ({ page }) => {
  await openDesk(page);
  await openLogs(page, { text: 'nobody ever wrote this' });
  await expect(page.getByTestId('logs-no-match')).toContainText('No line matches');
  await openLogs(page, { file: 'db' });
  await expect(page.getByTestId('logs-empty')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a time is read in the zone that the hint names', async ({ page, context, server, baseURL }) => {
    await appendLine(server, 'db.log', { timestamp: '2026-07-01T10:01:00.000Z', message: 'in time' });
    await signIn(page);
    for (const [zone, typed, named] of [
      [undefined, '2026-07-01 10:00', 'in UTC'],
      ['Asia/Shanghai', '2026-07-01 18:00', 'in Asia/Shanghai'],
    ] as const) {
      if (zone) await context.addCookies([{ name: 'zone', value: zone, url: baseURL ?? '' }]);
      // What is filtered by is open.
      await page.goto('/admin/logs/?file=db&since=2h');
      await expect(page.getByTestId('time-hint')).toContainText(named);
      await page.getByLabel('From', { exact: true }).fill(typed);
      await page.getByLabel('From', { exact: true }).press('Enter');
      await page.waitForURL(/since=2026/);
      expect(address(page)).toBe('/admin/logs/?file=db&since=2026-07-01T10:00:00Z');
      await expect(page.getByLabel('From', { exact: true })).toHaveValue(typed);
      await expect(lines(page, 'in time')).toHaveCount(1);
    }
  });

  test('the list, the filter and the pages work', async ({ page, server }) => {
    for (let number = 1; number <= 12; number += 1) {
      await appendLine(server, 'app.log', { message: `plain ${number}`, level: number % 2 ? 'INFO' : 'WARNING' });
    }
    await signIn(page);
    await page.goto('/admin/logs/?limit=5');
    await page.getByLabel('Text', { exact: true }).fill('plain');
    await page.getByLabel('Level', { exact: true }).first().selectOption('WARNING');
    await page.getByLabel('Text', { exact: true }).press('Enter');
    await expect(page.getByTestId('log-line')).toHaveCount(6);
    await expect(page.getByTestId('follow')).toBeHidden();

    await page.goto('/admin/logs/?text=plain&limit=5');
    await expect(page.getByTestId('log-line').first()).toContainText('plain 12');
    await page.getByTestId('older').click();
    await expect(page.getByTestId('log-line').first()).toContainText('plain 7');
    const detail = await openFirst(page.getByTestId('log-line'));
    await expect(detail).toContainText('end2end');
  });
});
