// The desk's first page: what it says, and that it keeps saying what is true.

import { readFile } from 'node:fs/promises';

import { chooseInterval, freezeClock, hydrated, openDesk, Refreshes, signIn } from '../support/desk.ts';
import { appendError, provokeError } from '../support/errors.ts';
import { addToRegistry } from '../support/registry.ts';
import { expect, test } from '../support/test.ts';

test('everything that on-call asks for is there', async ({ page, request, server }) => {
  addToRegistry(server, {
    namespaces: { active: 2, inactive: 1 },
    schemas: { active: 4 },
    agentCards: { active: 1200, inactive: 34 },
  });
  await openDesk(page);

  const { version } = await (await request.get('/health/')).json();
  const { database } = await (await request.get('/health/db/')).json();
  await expect(page.getByTestId('verdict')).toContainText('Ready');
  await expect(page.getByTestId('uptime')).toHaveText(/^(\d+ min )?\d+ s$/);
  await expect(page.getByTestId('app-version')).toHaveText(version);
  await expect(page.getByTestId('db-status')).toContainText('OK');
  await expect(page.getByTestId('db-version')).toHaveText(database.version);
  await expect(page.getByTestId('db-latency')).toHaveText(/^\d+(\.\d{1,2})? ms$/);
  await expect(page.getByTestId('stat-agentcards-total')).toHaveText('1234');
  await expect(page.getByTestId('stat-agentcards-active')).toHaveText('1200');
  await expect(page.getByTestId('stat-namespaces')).toHaveText('3');
  await expect(page.getByTestId('stat-schemas')).toHaveText('4');
  await expect(page.getByTestId('log-dropped')).toHaveText('0');
  await expect(page.getByTestId('last-updated')).toHaveText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  await expect(page.getByTestId('refresh-interval')).toHaveValue('15');
  await expect(page.getByTestId('recent-errors')).toContainText('No errors on record');
  await expect(page.getByTestId('language')).toBeVisible();
  await expect(page.getByTestId('sign-out')).toBeVisible();
  await expect(page.getByTestId('stale-banner')).toBeHidden();
  for (const check of ['database', 'migrations', 'startup']) {
    await expect(page.getByRole('row', { name: check })).toContainText('OK');
  }
});

test('the page says the same as the JSON for programs', async ({ page, server }) => {
  addToRegistry(server, { namespaces: { active: 1 }, schemas: { active: 2, inactive: 3 } });
  await openDesk(page);

  const status = await (await page.request.get('/api/ops/status/')).json();

  expect(status.data.schemas).toEqual({ total: 5, active: 2 });
  await expect(page.getByTestId('stat-schemas')).toHaveText('5');
  await expect(page.getByTestId('app-version')).toHaveText(status.service.version);
  await expect(page.getByTestId('db-version')).toHaveText(status.database.version);
});

test('the numbers follow the database by themselves', async ({ page, server }) => {
  await openDesk(page);
  await chooseInterval(page, 1);
  await expect(page.getByTestId('stat-agentcards-total')).toHaveText('0');
  const measured = page.getByTestId('last-updated').getByRole('time');
  const before = await measured.getAttribute('datetime');

  addToRegistry(server, {
    namespaces: { active: 1 },
    schemas: { active: 2 },
    agentCards: { active: 3, inactive: 4 },
  });

  await expect(page.getByTestId('stat-agentcards-total')).toHaveText('7');
  await expect(page.getByTestId('stat-agentcards-active')).toHaveText('3');
  await expect(page.getByTestId('stat-namespaces')).toHaveText('1');
  await expect(page.getByTestId('stat-schemas')).toHaveText('2');
  await expect(measured).not.toHaveAttribute('datetime', before ?? '');
});

test('an error appears by itself, under the id that its victim was shown', async ({ page, request, server }) => {
  await openDesk(page);
  await chooseInterval(page, 1);

  const id = await provokeError(server, request);

  const row = page.getByTestId('error-row').filter({ hasText: id });
  await expect(row).toBeVisible();
  await expect(row.getByTestId('error-detail')).toBeHidden();
  await row.locator('summary').click();
  await expect(row.getByTestId('error-detail')).toContainText(id);
  for (const field of ['timestamp', 'level', 'logger', 'message', 'error', 'error_id', 'request_id']) {
    await expect(row.getByRole('term').getByText(field, { exact: true })).toBeVisible();
  }
  await expect(page.getByTestId('recent-errors')).not.toContainText('No errors on record');
});

test('the latest fifty errors are listed, the newest first', async ({ page, server }) => {
  for (let number = 1; number <= 51; number += 1) {
    await appendError(server, `error number ${number}`);
  }
  await openDesk(page);

  const rows = page.getByTestId('error-row');
  await expect(rows).toHaveCount(50);
  await expect(rows.first()).toContainText('error number 51');
  await expect(rows.last()).toContainText('error number 2');
});

test('errors of earlier runs are still there after a restart', async ({ page, server }) => {
  await appendError(server, 'the last words of an earlier run');
  await server.kill9();
  await server.restart();
  await openDesk(page);
  await expect(page.getByTestId('error-row')).toContainText(['the last words of an earlier run']);
});

test('an opened error stays open, and where it was, when newer ones come', async ({ page, server }) => {
  await appendError(server, 'the first error');
  await openDesk(page);
  await chooseInterval(page, 1);
  const first = page.getByTestId('error-row').filter({ hasText: 'the first error' });
  await first.locator('summary').click();

  await appendError(server, 'the second error');

  const rows = page.getByTestId('error-row');
  await expect(rows.first()).toContainText('the second error');
  await expect(rows.filter({ hasText: /the (first|second) error/ })).toHaveCount(2);
  await expect(first.getByTestId('error-detail')).toBeVisible();
  await expect(page.getByTestId('error-detail').filter({ visible: true })).toHaveCount(1);
});

test('a link to an error opens it', async ({ page, server, context }) => {
  await appendError(server, 'look at this one');
  await openDesk(page);
  const row = page.getByTestId('error-row').filter({ hasText: 'look at this one' });
  await row.locator('summary').click();
  const link = await row.getByRole('link', { name: 'Link to this error' }).getAttribute('href');

  const colleague = await context.newPage();
  await colleague.goto(`/admin/system-status/${link}`);

  await expect(colleague.getByTestId('error-detail')).toBeVisible();
});

test('each interval is kept, and the choice is remembered', async ({ page }) => {
  const refreshes = new Refreshes(page);
  await page.clock.install();
  await openDesk(page);
  await freezeClock(page, refreshes);

  for (const seconds of [1, 5, 15, 30, 60] as const) {
    await refreshes.expectOne(async () => {
      await chooseInterval(page, seconds);
      await page.clock.runFor(1);
    });
    await refreshes.expectNone(() => page.clock.runFor(seconds * 1000 - 1));
    await refreshes.expectOne(() => page.clock.runFor(1));
  }

  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('refresh-interval')).toHaveValue('60');
});

test('paused, nothing is asked until the reader goes on', async ({ page, server }) => {
  const refreshes = new Refreshes(page);
  await page.clock.install();
  await openDesk(page);
  await chooseInterval(page, 0);
  await page.reload();
  await hydrated(page);
  await expect(page.getByTestId('refresh-interval')).toHaveValue('0');
  await freezeClock(page, refreshes);

  addToRegistry(server, { namespaces: { active: 1 } });
  await refreshes.expectNone(() => page.clock.runFor('10:00'));
  await expect(page.getByTestId('stat-namespaces')).toHaveText('0');

  await refreshes.expectOne(async () => {
    await chooseInterval(page, 15);
    await page.clock.runFor(1);
  });
  await expect(page.getByTestId('stat-namespaces')).toHaveText('1');
});

test('a hidden tab asks nothing, and catches up when it is seen again', async ({ page, server }) => {
  const refreshes = new Refreshes(page);
  await page.clock.install();
  await openDesk(page);
  await freezeClock(page, refreshes);
  const setHidden = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, hidden);

  await setHidden(true);
  addToRegistry(server, { namespaces: { active: 1 } });
  await refreshes.expectNone(() => page.clock.runFor('10:00'));

  await refreshes.expectOne(async () => {
    await setHidden(false);
    await page.clock.runFor(1);
  });
  await expect(page.getByTestId('stat-namespaces')).toHaveText('1');
});

test("times are in the reader's zone, with UTC on hover", async ({ page }) => {
  await openDesk(page);
  await chooseInterval(page, 0);
  const time = page.getByTestId('last-updated').getByRole('time');

  const instant = new Date((await time.getAttribute('datetime')) ?? '');

  const civil = (timeZone: string) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
  await expect(time).toHaveText(civil('Europe/Berlin'));
  await expect(time).toHaveAttribute('title', `${civil('UTC')} UTC`);
});

test("the first page after sign-in is in the reader's zone at once, and names it", async ({ page }) => {
  const pages: Promise<string>[] = [];
  page.on('response', (response) => {
    const isPage = response.request().isNavigationRequest() && response.status() === 200;
    if (isPage && response.url().endsWith('/admin/system-status/')) pages.push(response.text());
  });
  await openDesk(page);
  await expect(page.getByTestId('zone')).toContainText('Europe/Berlin (UTC+');
  const [first, ...more] = await Promise.all(pages);
  expect(first).toContain('Europe/Berlin (UTC+');
  expect(more, 'it is not loaded again').toEqual([]);
});

test('a page that is opened before the zone is known is loaded again in it', async ({ page, context }) => {
  await openDesk(page);
  await context.clearCookies({ name: 'zone' });
  for (const path of ['/admin/routes/', '/admin/logs/']) {
    await context.clearCookies({ name: 'zone' });
    await page.goto(path);
    await expect(page.getByTestId('zone')).toContainText('Europe/Berlin');
  }
});

test('what a page load was answered stands in the access log', async ({ page, server }) => {
  await signIn(page);
  const log = () => readFile(`${server.logDir}/access.log`, 'utf8');
  await expect.poll(log).toContain('"path":"/admin/system-status/"');
});
