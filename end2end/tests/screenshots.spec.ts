// Pictures of every page for people to look at, on demand:
// `SCREENSHOTS_DIR=… cargo xtask e2e screenshots`. `docs/system-status.png` is a service over a made-up
// past, as `server/examples/history.rs` makes one.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@playwright/test';

import { chooseInterval, openDesk } from '../support/desk.ts';
import { appendError, provokeError } from '../support/errors.ts';
import { directory, shoot } from '../support/pictures.ts';
import { addToRegistry } from '../support/registry.ts';
import type { Server } from '../support/server.ts';
import { ADMIN, test } from '../support/test.ts';

test.skip(directory === '', 'SCREENSHOTS_DIR is not set');

/** A registry in use, and a few things that went wrong lately. */
async function fill(server: Server): Promise<void> {
  addToRegistry(server, {
    namespaces: { active: 11, inactive: 1 },
    schemas: { active: 34, inactive: 3 },
    agentCards: { active: 1892, inactive: 156 },
  });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  await appendError(server, 'the disk of the log directory is almost full', {
    timestamp: minutesAgo(3100),
    level: 'WARNING',
    logger: 'ops::log',
    dropped: 0,
  });
  await appendError(server, 'slow query agent_cards.search', {
    timestamp: minutesAgo(128),
    level: 'WARNING',
    logger: 'db',
    name: 'agent_cards.search',
    query: 'SELECT "agent_cards"."id", "agent_cards"."name" FROM "agent_cards" WHERE "agent_cards"."name" LIKE ? LIMIT ?',
    duration_ms: 1843.12,
    request_id: '019ad3a5-6c52-7a11-9d4e-58f0c2a1b7e3',
  });
  await appendError(server, 'the request failed', {
    timestamp: minutesAgo(46),
    logger: 'server::middleware::errors',
    error: ['the card can not be stored', 'FOREIGN KEY constraint failed'],
    error_id: '7C1E09AB',
    path: '/api/agentcards/',
    method: 'POST',
    request_id: '019ad3e2-4f0b-7c93-8a1d-0b6f3e5d9c21',
  });
  await appendError(server, 'failed query sessions.find', {
    timestamp: minutesAgo(4),
    level: 'WARNING',
    logger: 'db',
    name: 'sessions.find',
    duration_ms: 2000.41,
    error: ['no connection within 2 s', 'timed out'],
  });
}

for (const locale of ['zh-CN', 'en']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('the door', async ({ page, allowedNoise }) => {
      allowedNoise.push(/status of/);
      await page.goto('/admin/login/');
      await shoot(page, 'login', locale);
      for (const name of ['login-wrong', '', '', '', '', 'login-throttled']) {
        await page.locator('input[name=username]').fill(ADMIN.username);
        await page.locator('input[name=password]').fill('wrong');
        await page.locator('input[name=password]').press('Enter');
        await expect(page.getByRole('alert')).toBeVisible();
        if (name !== '') await shoot(page, name, locale);
      }
    });

    test('an empty desk', async ({ page }) => {
      await openDesk(page);
      await shoot(page, 'desk-empty', locale);
    });

    test('a desk in use', async ({ page, server }) => {
      await fill(server);
      await openDesk(page);
      await shoot(page, 'desk-full', locale);
      await page.getByTestId('error-row').nth(1).locator('summary').click();
      await shoot(page, 'desk-error-opened', locale);
    });

    test('a desk in trouble', async ({ page, server, request, allowedNoise }) => {
      allowedNoise.push(/net::ERR_|status of/);
      await fill(server);
      await provokeError(server, request);
      server.sql('registry', "DELETE FROM __diesel_schema_migrations WHERE version LIKE '%000002'");
      server.sql('registry', 'ALTER TABLE schemas RENAME TO schemas_elsewhere');
      await openDesk(page);
      await chooseInterval(page, 1);
      await expect(page.getByTestId('verdict')).toContainText(/Not ready|未就绪/);
      await shoot(page, 'desk-broken', locale);
      server.sql('registry', 'DELETE FROM sessions');
      await expect(page.getByTestId('signed-out-banner')).toBeVisible();
      await shoot(page, 'desk-signed-out', locale);
      await server.kill9();
      await expect(page.getByTestId('stale-banner')).toBeVisible();
      await shoot(page, 'desk-stale', locale);
    });

    test('a desk without its database', async ({ page, server, allowedNoise }) => {
      allowedNoise.push(/net::ERR_/);
      await openDesk(page);
      await server.stop();
      const file = join(server.directory, 'data/agent-source-db.sqlite3');
      await rm(file);
      await mkdir(file);
      await server.restart('listening');
      await page.reload();
      await expect(page.getByTestId('verdict')).toContainText(/Not ready|未就绪/);
      await shoot(page, 'desk-without-database', locale);
      await page.getByTestId('sign-out').click();
      await expect(page.locator('input[name=code]')).toBeVisible();
      await shoot(page, 'login-by-code', locale);
    });

    test('an error page', async ({ page, allowedNoise }) => {
      allowedNoise.push(/status of/);
      await page.goto('/admin/nothing-here/');
      await shoot(page, 'not-found', locale);
    });
  });
}
