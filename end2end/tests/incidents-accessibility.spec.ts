// The pages of incidents, alerts and the timeline on a phone, in Chinese, in the dark, for everybody.

import type { Page } from '@playwright/test';

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { signIn } from '../support/desk.ts';
import { alerting, untilGood } from '../support/incidents.ts';
import { expect, test } from '../support/test.ts';

const PAGES = [
  ['/admin/incidents/', '事件'],
  ['/admin/alerts/', '告警'],
  ['/admin/timeline/', '时间线'],
] as const;
/** In CSS pixels. */
const THUMB = 44;

test.use({
  locale: 'zh-CN',
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  environment: async ({ postgres, sink }, use) =>
    use({ ...(await alerting(sink)), DATABASE_URL: postgres.url }),
});

/** What a thumb would miss, by its words. */
function tooSmall(page: Page): Promise<string[]> {
  return page.locator('main :is(button, summary, select, .button, input:not([type=hidden], [type=checkbox]))').evaluateAll(
    (all, least) =>
      all
        .filter((element) => element.checkVisibility() && element.closest('.charts') === null)
        .filter((element) => element.getBoundingClientRect().height < least)
        .map((element) => `${element.tagName}: ${element.textContent}`),
    THUMB,
  );
}

async function expectForEverybody(page: Page, heading: string): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  // Two rules stand for all: axe takes its time with each.
  await page.getByTestId('alert-rule').evaluateAll((all) => all.slice(2).forEach((it) => it.remove()));
  await page.locator('main details').evaluateAll((all) => all.forEach((it) => it.setAttribute('open', '')));
  await expectAccessible(page);
  await expectToFitAPhone(page);
  expect(await tooSmall(page)).toEqual([]);
}

test('the pages keep nobody out on a calm day', async ({ page }) => {
  test.slow();
  await signIn(page);
  for (const [path, heading] of PAGES) {
    await page.goto(path);
    await expect(page.getByTestId('open-incidents')).toHaveCount(0);
    await expectForEverybody(page, heading);
  }
});

test('the pages keep nobody out while the database is away', async ({ page, server, postgres, sink, request }) => {
  test.slow();
  await untilGood(server, request);
  await signIn(page);
  await postgres.stop();
  const { data } = await sink.message('incident.opened');
  await page.goto(data.incident.url);
  await expect(page.getByTestId('incident-title')).toHaveText('数据库不可用');
  await expect(page.getByTestId('verdict')).toContainText('无人认领');
  await expectForEverybody(page, '事件');

  // With the database of users away, who is known may take it.
  await page.getByLabel('你正在做什么').fill('正在重启数据库');
  await page.getByRole('button', { name: '确认' }).click();
  await expect(page.getByTestId('incident-taken')).toContainText('ada 处理中');
  for (const [path, heading] of PAGES) {
    await page.goto(path);
    await expect(page.getByTestId('verdict')).toContainText('数据库不可用');
    await expect(page.getByTestId('verdict')).toContainText('ada 处理中');
    await expectForEverybody(page, heading);
  }
});
