// The desk is most useful when the rest is broken.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { chooseInterval, hydrated, openDesk } from '../support/desk.ts';
import { addToRegistry } from '../support/registry.ts';
import { ADMIN, expect, test } from '../support/test.ts';

test('with the server gone the page says so, and recovers by itself when it is back', async ({
  page,
  server,
  allowedNoise,
}) => {
  allowedNoise.push(/net::ERR_/);
  addToRegistry(server, { namespaces: { active: 1 } });
  await openDesk(page);
  await chooseInterval(page, 1);
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
  const measured = page.getByTestId('last-updated').getByRole('time');

  await server.kill9();

  const banner = page.getByTestId('stale-banner');
  await expect(banner).toContainText('The server is not answering.');
  await expect(banner.getByTestId('silent-for')).toHaveText(/^for \d+ s, retrying$/);
  await expect(page).toHaveTitle('? System status · agent-source-db');
  await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', /favicon-unknown/);
  // It stays in sight however far down one reads.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect(banner).toBeInViewport({ ratio: 1 });
  // The old numbers stay, with their age.
  await expect(page.getByTestId('stat-namespaces')).toHaveText('1');
  const quiet = await page.locator('.tile dt').first().evaluate((name) => getComputedStyle(name).color);
  await expect(page.locator('.badge[data-state=ok]').first()).toHaveCSS('color', quiet);
  const age = (await measured.getAttribute('datetime')) ?? '';
  await expect(banner.getByRole('time')).toHaveAttribute('datetime', age);

  await server.restart();
  addToRegistry(server, { namespaces: { active: 1 } });

  await expect(banner).toBeHidden();
  await expect(page).toHaveTitle('✓ System status · agent-source-db');
  await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', /favicon\.\w+\.svg/);
  await expect(page.getByTestId('stat-namespaces')).toHaveText('2');
  await expect(measured).not.toHaveAttribute('datetime', age);
  expect(await page.evaluate(() => 'loadedOnce' in window), 'the page was not loaded again').toBe(true);
});

for (const path of ['/admin/routes/', '/admin/database/', '/admin/logs/', '/admin/requests/none.1/']) {
  test(`with the server gone ${path} says so, and asks again when told to`, async ({ page, server, allowedNoise }) => {
    allowedNoise.push(/net::ERR_/);
    await openDesk(page);
    await chooseInterval(page, 1);
    await page.goto(path);
    await hydrated(page);
    const title = await page.title();

    await server.kill9();

    const banner = page.getByTestId('stale-banner');
    await expect(banner).toContainText('The server is not answering.');
    await expect(page).toHaveTitle(`? ${title}`);
    await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', /favicon-unknown/);
    const asked = page.waitForRequest(() => true);
    await banner.getByRole('button', { name: 'Try now' }).click();
    await asked;

    await server.restart();
    await expect(banner).toBeHidden();
    await expect(page).toHaveTitle(title);
  });
}

test('a server that hangs is as good as none', async ({ page, server }) => {
  await page.clock.install();
  await openDesk(page);
  await chooseInterval(page, 1);

  server.freeze();
  await page.clock.runFor(10_000);
  await expect(page.getByTestId('stale-banner')).toBeVisible();

  server.thaw();
  await page.clock.runFor(10_000);
  await expect(page.getByTestId('stale-banner')).toBeHidden();
});

test('a session that ends while the page is open is told, and leads to the door', async ({
  page,
  server,
  allowedNoise,
}) => {
  allowedNoise.push(/status of 401/);
  await openDesk(page);
  await chooseInterval(page, 1);

  server.sql('registry', 'DELETE FROM sessions');

  const banner = page.getByTestId('signed-out-banner');
  await expect(banner).toContainText('You have been signed out.');
  await banner.getByRole('link', { name: 'Sign in again' }).click();
  await page.getByLabel('Username').fill(ADMIN.username);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/admin/system-status/');
});

test('a table that is missing costs its card and nothing else', async ({ page, server }) => {
  await openDesk(page);
  await chooseInterval(page, 1);

  server.sql('registry', 'ALTER TABLE schemas RENAME TO schemas_elsewhere');

  const registry = page.getByRole('region', { name: 'Registry' });
  await expect(registry).toContainText('Not available: query failed');
  await expect(page.getByTestId('verdict')).not.toContainText('Not ready');
  await expect(page.getByTestId('db-status')).toContainText('OK');
  await expect(page.getByTestId('error-row').filter({ hasText: 'no such table: schemas' }).first()).toBeVisible();

  server.sql('registry', 'ALTER TABLE schemas_elsewhere RENAME TO schemas');
  await expect(page.getByTestId('stat-schemas')).toHaveText('0');
});

test('a database that is behind its migrations is named as the cause', async ({ page, server }) => {
  server.sql('registry', "DELETE FROM __diesel_schema_migrations WHERE version LIKE '%000002'");
  await openDesk(page);
  await chooseInterval(page, 1);
  await expect(page.getByTestId('verdict')).toContainText('Not ready');
  await expect(page.getByTestId('verdict')).toContainText('1 migration is not applied');
  await expect(page.getByRole('row', { name: 'migrations' })).toContainText('1 unapplied');
});

test('started without its database, the service still shows the desk to whoever was signed in', async ({
  page,
  server,
  allowedNoise,
}) => {
  allowedNoise.push(/net::ERR_/);
  await openDesk(page);
  // The line about the database may be written after the page was first read.
  await chooseInterval(page, 1);
  await server.stop();
  const file = join(server.directory, 'data/agent-source-db.sqlite3');
  for (const path of [file, `${file}-wal`, `${file}-shm`]) await rm(path, { force: true });
  await mkdir(file);

  await server.restart('listening');
  await page.reload();

  await expect(page.getByTestId('verdict')).toContainText('Not ready');
  await expect(page.getByTestId('verdict')).toContainText('database: ');
  await expect(page.getByTestId('db-status')).not.toContainText('OK');
  await expect(page.getByRole('region', { name: 'Registry' })).toContainText('Not available');
  const lines = page.getByTestId('error-row');
  // It says so again when it is something else that is in the way.
  await expect(lines.filter({ hasText: "a database can't be brought up" }).first()).toBeVisible();
});

test("with the desk's own store damaged it opens all the same, on a fresh one", async ({ page, server, allowedNoise }) => {
  allowedNoise.push(/net::ERR_/);
  await openDesk(page);
  await server.stop();
  const file = join(server.directory, 'data/ops.sqlite3');
  for (const path of [`${file}-wal`, `${file}-shm`]) await rm(path, { force: true });
  await writeFile(file, 'this was a database once. '.repeat(999));

  await server.restart();
  await page.reload();
  // Its damage may show a moment after the page was read.
  await chooseInterval(page, 1);

  await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');
  const told = page.getByTestId('error-row').filter({ hasText: 'store is damaged' });
  await expect(told).toBeVisible();
});

test.describe('on PostgreSQL', () => {
  test.use({ environment: ({ postgres }, use) => use({ DATABASE_URL: postgres.url }) });

  test('the database stops and comes back under a page that stays open', async ({ page, postgres }) => {
    await openDesk(page);
    await chooseInterval(page, 1);
    await expect(page.getByText('PostgreSQL')).toBeVisible();
    await expect(page.getByTestId('db-status')).toContainText('OK');

    await postgres.stop();
    await expect(page.getByTestId('verdict')).toContainText('Not ready');
    await expect(page.getByTestId('db-status')).toContainText(/connection refused|unreachable/);
    await expect(page.getByTestId('stale-banner')).toBeHidden();
    // Not only the page that was open: it opens anew, too.
    await page.reload();
    await expect(page.getByTestId('verdict')).toContainText('database: ');

    await postgres.restart();
    await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');
    await expect(page.getByTestId('stat-agentcards-total')).toHaveText('0');
  });

  test('the database freezes and thaws under a page that stays open', async ({ page, postgres }) => {
    await openDesk(page);
    await chooseInterval(page, 1);
    await expect(page.getByTestId('db-status')).toContainText('OK');

    await postgres.freeze();
    await expect(page.getByTestId('db-status')).toContainText('timed out');
    await expect(page.getByTestId('stale-banner')).toBeHidden();
    await page.reload();
    await expect(page.getByTestId('verdict')).toContainText('database: ');
    await expect(page.getByTestId('uptime')).toBeVisible();

    await postgres.thaw();
    await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');
  });

  test('an access code opens the desk for reading while names can not be looked up', async ({
    page,
    server,
    postgres,
    allowedNoise,
  }) => {
    allowedNoise.push(/status of (401|503)/);
    await page.goto('/admin/login/');
    await expect(page.getByLabel('Access code')).toBeHidden();
    await postgres.stop();
    await expect(async () => {
      await page.reload();
      await expect(page.getByLabel('Access code')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expectAccessible(page);
    await expectToFitAPhone(page);

    await page.getByLabel('Access code').fill('12345-67890');
    await page.getByRole('button', { name: 'Open read-only' }).click();
    await expect(page.getByRole('alert')).toContainText('The access code is wrong');

    const code = await server.command('access-code');
    await page.getByLabel('Access code').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Open read-only' }).click();
    await expect(page).toHaveURL('/admin/system-status/');
    await expect(page.getByTestId('verdict')).toContainText('Not ready');
    await expect(page.getByText('access-code', { exact: true })).toBeVisible();
    // The line about it may be written after the page was first read.
    await chooseInterval(page, 1);
    const used = page.getByTestId('error-row').filter({ hasText: 'by an access code' });
    await expect(used).toBeVisible();

    await postgres.restart();
    await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');
    await page.getByTestId('sign-out').click();
    await expect(page).toHaveURL('/admin/login/');
  });
});
