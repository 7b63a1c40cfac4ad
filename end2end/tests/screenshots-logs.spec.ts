// Pictures of the log pages for people to look at, on demand:
// `SCREENSHOTS_DIR=… cargo xtask e2e screenshots`.

import { rename } from 'node:fs/promises';

import { signIn } from '../support/desk.ts';
import { appendLine, lines, openFirst, openLogs } from '../support/logs.ts';
import { directory, shoot } from '../support/pictures.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

test.skip(directory === '', 'SCREENSHOTS_DIR is not set');

const REQUEST_ID = '019ad3e2-4f0b-7c93-8a1d-0b6f3e5d9c21';
const ROUTES = ['/api/agentcards/', '/api/namespaces/', '/api/schemas/'];

/** An hour of a service in use, with a slow failure in it. */
async function fill(server: Server): Promise<void> {
  const begin = Date.now() - 3_600_000;
  const at = (second: number) => new Date(begin + second * 1000).toISOString();
  let text = '';
  const say = (second: number, fields: Record<string, unknown>) => {
    text += `${JSON.stringify({ timestamp: at(second), level: 'INFO', logger: 'access', ...fields })}\n`;
  };
  for (let second = 0; second < 3500; second += 7) {
    const route = ROUTES[second % ROUTES.length];
    const status = second % 91 === 0 ? 404 : 200;
    const duration_ms = Math.round(200 + (second % 13) * 137) / 100;
    say(second, { message: `GET ${route} ${status}`, method: 'GET', path: route, route, status, duration_ms, user: null });
    if (second % 210 === 0) say(second, { level: 'WARNING', logger: 'db', message: 'slow query agent_cards.search', duration_ms: 184.2 });
  }
  const failed = { request_id: REQUEST_ID, route: '/api/agentcards/', user: 'ada', ip: '203.0.113.7' };
  say(3520, { ...failed, logger: 'server::registry', message: 'storing an agent card', namespace: 'travel' });
  say(3522.413, { ...failed, level: 'WARNING', logger: 'db', message: 'slow query agent_cards.insert', duration_ms: 2412.8 });
  const error = ['the card can not be stored', 'FOREIGN KEY constraint failed'];
  say(3522.42, { ...failed, level: 'ERROR', logger: 'server::error', message: 'the request failed', error, error_id: '7C1E09AB' });
  const access = { method: 'POST', path: '/api/agentcards/', status: 500, duration_ms: 2420.3, bytes: 214 };
  say(3522.421, { ...failed, ...access, message: 'POST /api/agentcards/ 500' });
  await server.appendLog('app.log', text);
}

for (const locale of ['zh-CN', 'en']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('lines', async ({ page, server }) => {
      await fill(server);
      await signIn(page);
      await openLogs(page, { since: '1h', limit: '20' });
      await shoot(page, 'logs-full', locale);
      await openLogs(page, { text: 'agent', status: '5xx' });
      await openFirst(lines(page, '500'));
      await shoot(page, 'logs-opened', locale);
      await openLogs(page, { text: 'tick' });
      await page.getByTestId('follow').click();
      await appendLine(server, 'app.log', { message: 'tick of the clock', logger: 'clock' });
      await expect(page.getByTestId('followed').getByTestId('log-line')).toHaveCount(1);
      await shoot(page, 'logs-followed', locale);
      await page.getByTestId('log-level').locator('summary').click();
      await page.getByTestId('log-level').locator('button[value="15"]').click();
      await expect(page.getByTestId('log-level-back')).toBeVisible();
      await shoot(page, 'logs-level-changed', locale);
    });

    test('no lines', async ({ page, server }) => {
      await signIn(page);
      await openLogs(page, { text: 'nobody wrote this' });
      await shoot(page, 'logs-nothing', locale);
      await openLogs(page, { since: 'soon', file: 'error' });
      await shoot(page, 'logs-mistake', locale);
      await rename(server.logDir, `${server.logDir}-elsewhere`);
      await page.goto('/admin/logs/');
      await shoot(page, 'logs-broken', locale);
    });

    test('a story', async ({ page, server }) => {
      await fill(server);
      await signIn(page);
      await page.goto(`/admin/requests/${REQUEST_ID}/`);
      await openFirst(page.getByTestId('story-line').filter({ hasText: '7C1E09AB' }));
      await shoot(page, 'story', locale);
      await page.goto('/admin/requests/nobody.knows/');
      await shoot(page, 'story-nothing', locale);
    });
  });
}
