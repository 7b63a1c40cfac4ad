// Pictures of the pages beside the system status and the logs, on demand: full, empty and without
// databases. `SCREENSHOTS_DIR=… cargo xtask e2e screenshots`.

import { type APIRequestContext, type Page } from '@playwright/test';

import { signIn } from '../support/desk.ts';
import { directory, shoot } from '../support/pictures.ts';
import { addToRegistry } from '../support/registry.ts';
import type { Server } from '../support/server.ts';
import { test } from '../support/test.ts';

test.skip(directory === '', 'SCREENSHOTS_DIR is not set');
test.slow();

const PAGES = [
  ['routes', '/admin/routes/'],
  ['route', '/admin/routes/GET/api/agentcards/%7Bid%7D/?period=1h'],
  ['database', '/admin/database/'],
  ['tokens', '/admin/tokens/'],
  ['audit', '/admin/audit/'],
  ['find', '/admin/find/?q=nothing-of-the-kind'],
  ['docs', '/api/docs/'],
] as const;

async function shootAll(page: Page, state: string, locale: string): Promise<void> {
  for (const [name, path] of PAGES) {
    await page.goto(path);
    await shoot(page, `${name}-${state}`, locale);
  }
}

/** Traffic on several routes, a token, and changes that are audited. */
async function use(server: Server, request: APIRequestContext): Promise<void> {
  addToRegistry(server, { namespaces: { active: 3 }, schemas: { active: 5 }, agentCards: { active: 40, inactive: 2 } });
  const token = await server.command('token', 'create', '--name=deploy-pipeline', '--scope=write');
  const headers = { Authorization: `Bearer ${token}` };
  for (let number = 0; number < 12; number += 1) {
    await request.get('/api/agentcards/?page_size=5');
    await request.get(`/api/agentcards/${number + 1}/`);
    await request.get(`/api/agentcards/${number * 1000}/`);
    await request.post('/api/namespaces/', { headers, data: { id: `squad-${number}`, name: `Squad ${number}` } });
  }
  await request.get('/api/schemas/catalog/');
  await request.patch('/api/namespaces/squad-3/', { headers, data: { description: 'Reads contracts' } });
  await request.delete('/api/namespaces/squad-4/', { headers });
  server.sql('registry', 'ALTER TABLE schemas RENAME TO schemas_elsewhere');
  for (let number = 0; number < 3; number += 1) await request.get('/api/schemas/');
  server.sql('registry', 'ALTER TABLE schemas_elsewhere RENAME TO schemas');
}

for (const locale of ['zh-CN', 'en']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('pages without anything to show', async ({ page }) => {
      await signIn(page);
      await shootAll(page, 'empty', locale);
    });

    test('pages in use', async ({ page, server, request }) => {
      await use(server, request);
      await signIn(page);
      await shootAll(page, 'full', locale);
    });

    test.describe('on PostgreSQL', () => {
      test.use({
        environment: ({ postgres }, use) => use({ DATABASE_URL: postgres.url, OPS_DATABASE_URL: postgres.url }),
      });

      test('pages without their databases', async ({ page, postgres, request, allowedNoise }) => {
        allowedNoise.push(/status of 5/);
        await request.get('/api/agentcards/');
        await signIn(page);
        await shootAll(page, 'postgres', locale);
        await postgres.stop();
        await request.get('/api/agentcards/');
        await shootAll(page, 'broken', locale);
      });
    });
  });
}
