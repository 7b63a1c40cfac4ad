// From an error's id to what happened, and the level raised to see more of it.

import { hydrated, openDesk, signIn } from '../support/desk.ts';
import { provokeError } from '../support/errors.ts';
import { address, appendLine, find, lines, openLogs } from '../support/logs.ts';
import { ADMIN, expect, test } from '../support/test.ts';

test('an error page leads to the story of its request', async ({ page, server, allowedNoise }) => {
  allowedNoise.push(/status of 500/);
  await page.goto('/admin/login/');
  server.sql('registry', 'ALTER TABLE users RENAME TO users_elsewhere');
  await page.getByLabel('Username').fill(ADMIN.username);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const id = (await page.getByTestId('error-id').textContent()) ?? '';
  server.sql('registry', 'ALTER TABLE users_elsewhere RENAME TO users');

  // Through the door, and on to where the link leads.
  await page.getByRole('link', { name: id }).click();
  await page.locator('input[name=username]').fill(ADMIN.username);
  await page.locator('input[name=password]').fill(ADMIN.password);
  await page.locator('input[name=password]').press('Enter');
  await page.waitForURL(`**/admin/requests/${id}/`);
  await hydrated(page);

  await expect(page.getByTestId('found-by-error')).toContainText(id);
  await expect(page.getByTestId('story-outcome')).toContainText('POST /admin/login/');
  await expect(page.getByTestId('story-outcome')).toContainText('500');
  await expect(page.getByTestId('story-error-id')).toHaveText(id);
  const story = page.getByTestId('story-line');
  await expect(story.filter({ hasText: 'no such table' }).first()).toContainText('error');
  await expect(story.last()).toContainText('POST /admin/login/ 500');
});

test("an error's id typed into any page's search box leads there, in any case", async ({ page, server, request }) => {
  const id = await provokeError(server, request);
  await openDesk(page);
  await find(page, id.toLowerCase());
  await page.waitForURL(`**/admin/requests/${id}/`);
  await expect(page.getByTestId('story-error-id')).toHaveText(id);

  const requestId = (await page.getByTestId('story-request-id').textContent()) ?? '';
  await find(page, requestId);
  await page.waitForURL(`**/admin/requests/${requestId}/`);
  await expect(page.getByTestId('found-by-error')).toHaveCount(0);
  await expect(page.getByTestId('story-outcome')).toContainText('500');
});

test('a row of recent errors leads to the story of its request', async ({ page, server, request }) => {
  const id = await provokeError(server, request);
  await openDesk(page);
  const row = page.getByTestId('error-row').filter({ hasText: id });
  await row.locator('summary').click();
  await row.getByRole('link', { name: id, exact: true }).click();
  await expect(page.getByTestId('story-error-id')).toHaveText(id);
});

test("a client's own name for its request leads to its story, any other word to a search", async ({ page, request, server }) => {
  await request.get('/api/nothing-here/', { headers: { 'X-Request-ID': 'checkout.42' } });
  await signIn(page);
  await find(page, 'checkout.42');
  await page.waitForURL('**/admin/requests/checkout.42/');
  await expect(page.getByTestId('story-outcome')).toContainText('404');

  await appendLine(server, 'app.log', { message: 'a timeout, of all things' });
  await find(page, 'timeout');
  await page.waitForURL('**/admin/logs/**');
  expect(address(page)).toBe('/admin/logs/?text=timeout');
  await expect(lines(page, 'of all things')).toHaveCount(1);
});

test('a request that nobody knows is said to be so, after all was searched', async ({ page }) => {
  await signIn(page);
  await page.goto('/admin/requests/01938f5e-0000-7000-8000-000000000000/');
  await expect(page.getByTestId('story-nothing')).toContainText('Nothing found');
  await page.getByRole('link', { name: 'Search the logs for this text' }).click();
  await expect(page).toHaveURL(/\/admin\/logs\/\?text=/);
});

test('a story shows where the time went', async ({ page, server }) => {
  const at = (ms: number) => new Date(Date.UTC(2026, 6, 1, 10) + ms).toISOString();
  const id = 'slow-one.1';
  await appendLine(server, 'app.log', { timestamp: at(0), message: 'begins', request_id: id });
  await appendLine(server, 'app.log', { timestamp: at(12), message: 'asks the database', request_id: id });
  await appendLine(server, 'db.log', { timestamp: at(2512), level: 'WARNING', message: 'slow query', request_id: id });
  await signIn(page);
  await page.goto(`/admin/requests/${id}/`);
  const story = page.getByTestId('story-line');
  await expect(story).toHaveCount(3);
  await expect(story.nth(1)).toContainText('+12 ms');
  await expect(story.nth(2).getByTestId('long-gap')).toContainText('2.5 s without a line');
  await expect(story.nth(2)).toContainText('db');
  await expect(page.getByTestId('story-unfinished')).toBeVisible();
});

test('the level is raised for a minute and back, and the log says who did it', async ({ page }) => {
  await signIn(page);
  await openLogs(page);
  const control = page.getByTestId('log-level');
  await expect(page.getByTestId('log-level-now')).toHaveText('info');
  await expect(control).toContainText('as configured');
  await control.locator('summary').click();
  await control.getByRole('button', { name: '1 min', exact: true }).click();

  await expect(page).toHaveURL(/\/admin\/logs\/$/);
  await expect(page.getByTestId('log-level-now')).toHaveText('debug');
  await expect(control).toContainText('changed');
  await expect(control).toContainText(`by ${ADMIN.username}`);
  // What is written only at this level.
  await page.request.get('/health/');
  await expect(async () => {
    await openLogs(page, { level: 'DEBUG', text: '/health/' });
    await expect(lines(page, 'GET /health/ 200')).toHaveCount(1, { timeout: 500 });
  }).toPass();

  await page.getByTestId('log-level-back').click();
  await expect(page.getByTestId('log-level-now')).toHaveText('info');
  await expect(control).toContainText('as configured');
  await openLogs(page, { file: 'error', text: ADMIN.username });
  await expect(page.getByTestId('log-line').first()).toContainText('log level');
});
