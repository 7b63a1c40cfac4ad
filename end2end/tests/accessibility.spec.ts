// Whoever can't use a mouse, or sees little, or holds a phone, is on call too.

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { chooseInterval, openDesk } from '../support/desk.ts';
import { appendError } from '../support/errors.ts';
import { addToRegistry } from '../support/registry.ts';
import { expect, test } from '../support/test.ts';

test('the door', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 401/);
  await page.goto('/admin/login/');
  await expectAccessible(page);
  await expectToFitAPhone(page);

  await page.getByLabel('Username').fill('nobody-'.repeat(20));
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('the desk on a good day', async ({ page }) => {
  await openDesk(page);
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('the desk on a bad day', async ({ page, server }) => {
  const endless = 'a_word_without_an_end_'.repeat(30);
  addToRegistry(server, { namespaces: { active: 1 }, agentCards: { active: 12_345 } });
  server.sql('registry', 'DELETE FROM __diesel_schema_migrations');
  server.sql('registry', 'ALTER TABLE schemas RENAME TO schemas_elsewhere');
  await appendError(server, 'a warning', { level: 'WARNING' });
  await appendError(server, endless, { error: [endless, 'because of this'], [endless]: endless, count: 3 });
  await openDesk(page);
  await chooseInterval(page, 1);
  await page.getByTestId('error-row').filter({ hasText: endless }).locator('summary').click();
  await expect(page.getByTestId('verdict')).toContainText('Not ready');
  await chooseInterval(page, 0);
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('the desk when the server is gone', async ({ page, server, allowedNoise }) => {
  allowedNoise.push(/net::ERR_/);
  await openDesk(page);
  await chooseInterval(page, 1);
  await server.kill9();
  await expect(page.getByTestId('stale-banner')).toBeVisible();
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('an error page', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 404/);
  await page.goto('/admin/nothing-here/');
  await expectAccessible(page);
  await expectToFitAPhone(page);
});

test('a keyboard opens an error, and the focus stays on it as the page refreshes', async ({ page, server }) => {
  await appendError(server, 'the one to read');
  await openDesk(page);
  await chooseInterval(page, 1);
  const row = page.getByTestId('error-row').filter({ hasText: 'the one to read' });
  const summary = row.locator('summary');

  // From the controls above, past the charts, as a reader would get there.
  await page.getByTestId('sign-out').focus();
  const isFocused = () => summary.evaluate((element) => element === document.activeElement);
  for (let stops = 0; stops < 40 && !(await isFocused()); stops += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(summary).toBeFocused();
  await expect(summary).not.toHaveCSS('outline-style', 'none');
  await page.keyboard.press('Enter');
  await expect(row.getByTestId('error-detail')).toBeVisible();

  await appendError(server, 'a newer one');
  await expect(page.getByTestId('error-row').first()).toContainText('a newer one');
  await expect(row.getByTestId('error-detail')).toBeVisible();
  await expect(summary).toBeFocused();

  await page.keyboard.press('Space');
  await expect(row.getByTestId('error-detail')).toBeHidden();
});

test('a keyboard gets past the controls with one key', async ({ page }) => {
  await openDesk(page);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#content$/);
});

test('signing in needs no mouse', async ({ page }) => {
  await page.goto('/admin/login/');
  await expect(page.getByLabel('Username')).toBeFocused();
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Password')).toBeFocused();
});

test('the pages without scripts', async ({ page }) => {
  // The document of the API, opened wide, takes axe many seconds in each theme.
  test.slow();
  await openDesk(page);
  await page.goto('/admin/tokens/');
  await page.getByLabel('Name').fill('a-name-of-some-length-for-a-token-that-must-fit-a-small-phone');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByTestId('token-secret')).toContainText('asd_');
  for (const path of ['/admin/tokens/', '/admin/audit/', '/api/docs/']) {
    await page.goto(path);
    await page.locator('details').evaluateAll((all) => all.forEach((it) => it.setAttribute('open', '')));
    await expectAccessible(page);
    await expectToFitAPhone(page);
  }
});
