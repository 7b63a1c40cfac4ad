// Every page is whole without scripts.

import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import { appendError } from '../support/errors.ts';
import { addToRegistry } from '../support/registry.ts';
import { expect, test } from '../support/test.ts';

test('a browser without scripts shows the same numbers', async ({ page, server, browser, baseURL }) => {
  addToRegistry(server, {
    namespaces: { active: 2 },
    schemas: { active: 1, inactive: 4 },
    agentCards: { active: 12, inactive: 3 },
  });
  await openDesk(page);

  const plain = await browser.newContext({
    baseURL,
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  const plainPage = await plain.newPage();
  await plainPage.goto('/admin/system-status/');

  for (const [hook, value] of [
    ['stat-agentcards-total', '15'],
    ['stat-agentcards-active', '12'],
    ['stat-namespaces', '2'],
    ['stat-schemas', '5'],
    ['db-status', /OK/],
    ['log-dropped', '0'],
  ] as const) {
    await expect(page.getByTestId(hook), hook).toHaveText(value);
    await expect(plainPage.getByTestId(hook), `${hook} without scripts`).toHaveText(value);
  }
  for (const hook of ['app-version', 'db-version']) {
    const version = (await page.getByTestId(hook).textContent()) ?? '';
    await expect(plainPage.getByTestId(hook)).toHaveText(version);
  }
  await plain.close();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an error opens to all its fields', async ({ page, server }) => {
    await appendError(server, 'the disk is full', { error: ['can not write', 'no space left'], error_id: '0BADF00D' });
    await signIn(page);

    const row = page.getByTestId('error-row');
    await expect(row.getByTestId('error-detail')).toBeHidden();
    await row.locator('summary').click();

    await expect(row.getByTestId('error-detail')).toContainText('no space left');
    await expect(row.getByTestId('error-detail')).toContainText('0BADF00D');
  });

  test('the page loads itself again at the chosen pace', async ({ page, server }) => {
    await signIn(page);
    await expect(page.locator('meta[http-equiv=refresh]')).toHaveAttribute('content', '15');

    await chooseInterval(page, 1);
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.locator('meta[http-equiv=refresh]')).toHaveAttribute('content', '1');
    addToRegistry(server, { namespaces: { active: 7 } });

    await expect(page.getByTestId('stat-namespaces')).toHaveText('7');
  });

  test('paused, it does not', async ({ page }) => {
    await signIn(page);
    await chooseInterval(page, 0);
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.getByTestId('refresh-interval')).toHaveValue('0');
    await expect(page.locator('meta[http-equiv=refresh]')).toHaveCount(0);
  });
});
