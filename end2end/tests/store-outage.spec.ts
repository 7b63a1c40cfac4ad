// The desk's own store in trouble, and a registry that is slow: the page opens, and says so.

import { expectAccessible } from '../support/axe.ts';
import { chooseInterval, menuPaths, openDesk, signIn } from '../support/desk.ts';
import { expect, test } from '../support/test.ts';

test('with its own store locked the desk shows what this process knows', async ({ page, server, request }) => {
  await openDesk(page);
  await request.get('/api/agentcards/');
  const unlock = server.lock('ops');
  try {
    await chooseInterval(page, 1);
    await expect(page.getByTestId('traffic-store-error')).toBeVisible();
    await expect(page.getByTestId('requests-24h')).toHaveText('1');
    await page.reload();
    await expect(page.getByTestId('traffic-store-error')).toBeVisible();
    await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');
  } finally {
    unlock();
  }
  await expect(page.getByTestId('traffic-store-error')).toBeHidden();
  await expect(page.getByTestId('requests-24h')).toHaveText('1');
});

test.describe('on a disk of its own', () => {
  test.use({ environment: ({ disk }, use) => use({ OPS_DATABASE_URL: `sqlite://${disk.path}/ops.sqlite3` }) });

  test('a store that can only be read is told of, and catches up', async ({
    page,
    server,
    disk,
    request,
  }) => {
    await request.get('/api/agentcards/');
    await server.stop();
    await disk.setReadOnly(true);
    await server.restart('listening');

    await openDesk(page);
    await chooseInterval(page, 1);
    await request.get('/api/agentcards/');
    await expect(page.getByTestId('traffic-store-error')).toBeVisible();
    await expect(page.getByTestId('requests-24h')).toHaveText(/^[12]$/);
    await expectAccessible(page);
    for (const path of await menuPaths(page)) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(200);
    }

    await disk.setReadOnly(false);
    await page.goto('/admin/system-status/');
    // Figures are written every five seconds, and one round may fail on a busy machine.
    await expect(page.getByTestId('traffic-store-error')).toBeHidden({ timeout: 30_000 });
    await expect(page.getByTestId('requests-24h')).toHaveText('2');
  });
});

test.describe('on PostgreSQL', () => {
  test.use({ environment: ({ postgres }, use) => use({ OPS_DATABASE_URL: postgres.url }) });

  test("the desk's own store goes and comes back under a page that stays open", async ({ page, postgres, request }) => {
    await openDesk(page);
    await chooseInterval(page, 1);
    await request.get('/api/agentcards/');
    await expect(page.getByTestId('requests-24h')).toHaveText('1');

    await postgres.stop();
    await expect(page.getByTestId('traffic-store-error')).toBeVisible();
    await request.get('/api/agentcards/');
    await expect(page.getByTestId('requests-24h')).toHaveText('2');
    await page.reload();
    await expect(page.getByTestId('host-store-error')).toBeVisible();

    await postgres.restart();
    await expect(page.getByTestId('traffic-store-error')).toBeHidden();
    await expect(page.getByTestId('requests-24h')).toHaveText('2');
  });
});

test.describe('behind a slow link', () => {
  test.use({ environment: ({ slowLink }, use) => use({ DATABASE_URL: slowLink.url }) });

  test('a registry that answers late is told of, and the desk opens all the same', async ({ page, slowLink }) => {
    await signIn(page);
    await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.');

    slowLink.delay(4_000);
    await expect(async () => {
      await page.reload();
      await expect(page.getByTestId('verdict')).toContainText('database: timed out', { timeout: 500 });
    }).toPass();
    await expect(page.getByTestId('uptime')).toBeVisible();
    await expect(page.getByTestId('stale-banner')).toBeHidden();

    slowLink.delay(0);
    await expect(async () => {
      await page.reload();
      await expect(page.getByTestId('verdict')).toContainText('All 3 checks pass.', { timeout: 500 });
    }).toPass();
  });
});
