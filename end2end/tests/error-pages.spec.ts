// What a reader sees instead of a page.

import { provokeError } from '../support/errors.ts';
import { openDesk } from '../support/desk.ts';
import { ADMIN, expect, test } from '../support/test.ts';

test('an address where nothing is', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 404/);
  const response = await page.goto('/admin/nothing-here/');

  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading')).toHaveText('Page not found');
  await expect(page.getByRole('main')).toContainText(response?.headers()['x-request-id'] ?? 'no request id');
  await page.getByRole('link', { name: 'To the operations desk' }).click();
  await expect(page).toHaveURL(/\/admin\/login\//);
});

test('a failure shows the id that leads to its line, and nothing of its cause', async ({
  page,
  server,
  allowedNoise,
}) => {
  allowedNoise.push(/status of 500/);
  await page.goto('/admin/login/');
  server.sql('registry', 'ALTER TABLE users RENAME TO users_elsewhere');
  await page.getByLabel('Username').fill(ADMIN.username);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await expect(page.getByTestId('error-id')).toHaveText(/^[0-9A-F]{8}$/);
  await expect(page.getByRole('main')).not.toContainText(/users|sql|table|diesel/i);
});

test("two failures' ids lead to two lines", async ({ page, request, server }) => {
  const ids = [await provokeError(server, request), await provokeError(server, request)];
  await openDesk(page);
  for (const id of ids) {
    await expect(page.getByTestId('error-row').filter({ hasText: id })).toHaveCount(1);
  }
});
