// 简体中文 and English: as the browser asks, or as the reader chose.

import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import { addToRegistry } from '../support/registry.ts';
import { expect, test } from '../support/test.ts';

test.describe('a Chinese browser', () => {
  test.use({ locale: 'zh-CN' });

  test('gets Chinese pages, and they stay so as they refresh', async ({ page, server }) => {
    await page.goto('/admin/login/');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('button', { name: '登录' })).toBeVisible();

    await openDesk(page);
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page).toHaveTitle(/系统状态/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('系统状态');
    await expect(page.getByTestId('verdict')).toContainText('全部 3 项检查通过。');

    await chooseInterval(page, 1);
    addToRegistry(server, { namespaces: { active: 5 } });
    await expect(page.getByTestId('stat-namespaces')).toHaveText('5');
    await expect(page.getByTestId('verdict')).toContainText('就绪');
    await expect(page.getByTestId('uptime')).toHaveText(/秒$/);
  });

  test('gets Chinese error pages', async ({ page, allowedNoise }) => {
    allowedNoise.push(/status of 404/);
    await page.goto('/admin/nothing-here/');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('heading')).toHaveText('页面不存在');
  });

  test('can be asked for English, and remembers', async ({ page, context }) => {
    await openDesk(page);

    await page.getByTestId('language').click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('System status');
    await expect(page).toHaveURL('/admin/system-status/');

    const another = await context.newPage();
    await another.goto('/admin/system-status/');
    await expect(another.locator('html')).toHaveAttribute('lang', 'en');
    await another.getByTestId('sign-out').click();
    await expect(another.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });
});

for (const [locale, lang] of [
  ['zh', 'zh-CN'],
  ['zh-Hans-SG', 'zh-CN'],
  ['en-GB', 'en'],
  ['fr-FR', 'en'],
] as const) {
  test.describe(`a browser in ${locale}`, () => {
    test.use({ locale });

    test(`gets pages in ${lang}`, async ({ page }) => {
      await page.goto('/admin/login/');
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
    });
  });
}

test('the most wanted language that there is wins', async ({ request }) => {
  const headers = { 'Accept-Language': 'fr, en;q=0.4, zh-CN;q=0.8, *;q=0.1' };
  const page = await (await request.get('/admin/login/', { headers })).text();
  expect(page).toContain('<html lang="zh-CN">');
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('the switch works before and after signing in, and leads back to where one was', async ({ page }) => {
      await page.goto('/admin/login/?next=/admin/system-status/%3Ffrom=here');
      await page.getByTestId('language').click();
      await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
      await expect(page).toHaveURL('/admin/login/?next=/admin/system-status/%3Ffrom%3Dhere');

      await signIn(page);
      await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
      await page.getByTestId('language').click();
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      await expect(page).toHaveURL('/admin/system-status/');
    });
  });
}
