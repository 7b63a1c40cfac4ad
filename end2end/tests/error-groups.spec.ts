// Error groups, the instances that share a store, and a route's last errors.

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import { failAt } from '../support/errors.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

/** Another process that shared the store and was killed, with three requests of its own. */
function shareWithOneThatDied(server: Server): string {
  const name = 'web-2:17';
  const seen = Date.now() - 600_000;
  server.sql('ops', 'INSERT INTO instances VALUES (?, ?, ?, ?, ?, NULL)', name, '0.1.0', 'abc', seen - 60_000, seen);
  // Its histogram is empty: what counts here are the requests.
  server.sql(
    'ops',
    "INSERT INTO series VALUES ('traffic', 1, ?, ?, 1, '', 1, 3, CAST('0,3,0,0,0,0,0;' || x'00' AS BLOB))",
    Math.floor(seen / 60_000),
    name,
  );
  return name;
}

test('errors of one kind are one row, with the way to the last of them', async ({ page, server }) => {
  await openDesk(page);
  await expect(page.getByTestId('error-groups')).toContainText('No errors in this period.');
  await chooseInterval(page, 1);
  await failAt(server, '/api/namespaces/', ['first', 'second', 'third']);
  // Of the same cause: where it showed stands beneath.
  await failAt(server, '/api/namespaces/one/', ['elsewhere']);

  const rows = page.getByTestId('error-group');
  await expect(rows.first().getByTestId('group-count')).toHaveText('4', { timeout: 15_000 });
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('/api/namespaces/');
  await expect(rows.first()).toContainText('new');

  // Opened it stays open while the page refreshes, and counts on.
  await rows.first().locator('summary').click();
  await failAt(server, '/api/namespaces/', ['fourth']);
  await expect(rows.first().getByTestId('group-count')).toHaveText('5', { timeout: 15_000 });
  await rows.first().getByRole('link', { name: 'fourth' }).click();
  await expect(page).toHaveURL(/\/admin\/requests\/fourth\/$/);
});

test("a route's page has the last lines of its errors, each with the way to its story", async ({ page, server }) => {
  await failAt(server, '/api/namespaces/', ['first', 'second']);
  await signIn(page);
  const card = page.getByTestId('last-errors');
  await page.goto('/admin/routes/GET/api/namespaces/');
  await expect(async () => {
    await page.reload();
    // Of each the failure, once.
    await expect(card.getByTestId('error-row')).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await card.getByTestId('error-row').first().locator('summary').click();
  await card.getByRole('link', { name: 'second' }).click();
  await expect(page).toHaveURL(/\/admin\/requests\/second\/$/);
});

test('instances are listed, and figures shown of all or of one', async ({ page, server }) => {
  const name = shareWithOneThatDied(server);
  await server.stop();
  await server.restart();
  await fetch(new URL('/', server.baseURL), { redirect: 'manual' });
  await signIn(page);
  const rows = page.getByTestId('instance-row');
  await expect(async () => {
    await page.reload();
    // After a restart it is the same one.
    await expect(rows).toHaveCount(2, { timeout: 500 });
    // Until the first heartbeat has read the others, they are known by their traffic alone.
    await expect(rows.filter({ hasText: name })).toContainText('silent', { timeout: 500 });
  }).toPass();
  await expect(rows.filter({ hasText: 'you are here' })).toContainText('live');
  await expect(page.getByTestId('requests-24h')).toHaveText('4');

  await page.getByTestId('instance-choice').selectOption(name);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByTestId('whose')).toContainText(name);
  await expect(page.getByTestId('requests-24h')).toHaveText('3');
  await expect(page.getByTestId('in-flight')).toHaveCount(0);
  await page.getByRole('link', { name: '7 d' }).click();
  await expect(page).toHaveURL(/period=7d&instance=web-2/);
  await expect(page.getByTestId('requests-24h')).toHaveText('3');
  await page.getByRole('link', { name: 'Show all instances' }).click();
  await expect(page.getByTestId('requests-24h')).toHaveText('4');
});

test('an instance that nobody knows is named, and the page is there', async ({ page }) => {
  await signIn(page);
  await page.goto('/admin/system-status/?instance=nobody');
  await expect(page.getByTestId('whose')).toContainText('No instance named nobody is known.');
  await expect(page.getByTestId('requests-24h')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('groups open, instances are chosen, and all of it fits a phone', async ({ page, server }) => {
    const name = shareWithOneThatDied(server);
    await server.stop();
    await server.restart();
    await failAt(server, '/api/namespaces/', ['first']);
    await signIn(page);
    const group = page.getByTestId('error-group');
    await expect(async () => {
      await page.reload();
      await expect(group).toHaveCount(1, { timeout: 500 });
    }).toPass();
    await group.locator('summary').click();
    await expect(group.getByRole('link', { name: 'first' })).toBeVisible();
    await page.getByTestId('instance-choice').selectOption(name);
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByTestId('requests-24h')).toHaveText('3');
    await expect(page.getByTestId('error-groups')).toContainText('No errors in this period.');
  });
});

test('what opens and is chosen is there for everybody', async ({ page, server }) => {
  shareWithOneThatDied(server);
  await server.stop();
  await server.restart();
  await failAt(server, '/api/namespaces/', ['first']);
  await signIn(page);
  const group = page.getByTestId('error-group');
  await expect(async () => {
    await page.reload();
    await expect(group).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await group.locator('summary').click();
  await expectAccessible(page);
  await expectToFitAPhone(page);
});
