// The door: who gets in, who is told what, and the way out.

import type { Page } from '@playwright/test';

import { hydrated, openDesk, signIn } from '../support/desk.ts';
import { ADMIN, expect, test } from '../support/test.ts';

async function submit(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a stranger is asked to sign in, then led to where they were going', async ({ page }) => {
  await page.goto('/admin/system-status/?note=a%20link');
  await expect(page).toHaveURL(/\/admin\/login\/\?next=/);

  await submit(page, ADMIN.username, ADMIN.password);

  await expect(page).toHaveURL('/admin/system-status/?note=a%20link');
  await expect(page.getByTestId('uptime')).toBeVisible();
});

test('the front door leads to the desk', async ({ page }) => {
  await page.goto('/');
  await submit(page, ADMIN.username, ADMIN.password);
  await expect(page).toHaveURL('/admin/system-status/');
});

test('nobody is led off this site', async ({ page }) => {
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
    await page.goto(`/admin/login/?next=${encodeURIComponent(next)}`);
    await submit(page, ADMIN.username, ADMIN.password);
    await expect(page, next).toHaveURL('/admin/system-status/');
    await page.getByTestId('sign-out').click();
    await expect(page).toHaveURL('/admin/login/');
  }
});

test('a wrong password is told as such, and the name need not be typed again', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 401/);
  await page.goto('/admin/login/?next=/admin/system-status/%3Ffrom=here');

  await submit(page, ADMIN.username, 'wrong');

  await expect(page.getByRole('alert')).toContainText('Username or password is wrong.');
  await expect(page.getByLabel('Username')).toHaveValue(ADMIN.username);
  await expect(page.getByLabel('Password')).toHaveValue('');
  await expect(page.getByLabel('Password')).toBeFocused();

  await submit(page, ADMIN.username, ADMIN.password);
  await expect(page).toHaveURL('/admin/system-status/?from=here');
});

test('a wrong name reads like a wrong password', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 401/);
  await page.goto('/admin/login/');
  await submit(page, 'nobody', ADMIN.password);
  await expect(page.getByRole('alert')).toContainText('Username or password is wrong.');
});

test('after five failures even the right password has to wait, and the page says how long', async ({
  page,
  allowedNoise,
}) => {
  allowedNoise.push(/status of (401|429)/);
  await page.goto('/admin/login/');
  for (let failure = 1; failure <= 5; failure += 1) {
    await submit(page, ADMIN.username, `wrong ${failure}`);
    await expect(page.getByRole('alert')).toContainText('Username or password is wrong.');
  }

  await submit(page, ADMIN.username, ADMIN.password);

  await expect(page.getByRole('alert')).toContainText(/Too many failed attempts\. Try again in \d+ (min|s)/);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('signing out ends the session for good', async ({ page, context }) => {
      await signIn(page);
      if (javaScriptEnabled) await hydrated(page);
      const cookies = await context.cookies();

      await page.getByTestId('sign-out').click();
      await expect(page).toHaveURL('/admin/login/');

      await page.goBack();
      await expect(page).toHaveURL(/\/admin\/login\//);
      // Somebody who kept a copy of the cookie has no use for it.
      await context.addCookies(cookies);
      await page.goto('/admin/system-status/');
      await expect(page).toHaveURL(/\/admin\/login\//);
    });
  });
}

test('a session outlives the process', async ({ page, server, allowedNoise }) => {
  allowedNoise.push(/net::ERR_/);
  await openDesk(page);
  await server.kill9();
  await server.restart();
  await page.reload();
  await expect(page).toHaveURL('/admin/system-status/');
  await expect(page.getByTestId('uptime')).toBeVisible();
});
