// On a small phone nothing is cut off: no word, no figure, no column, in either language.

import { type APIRequestContext, type Page } from '@playwright/test';

import { menuPaths, signIn } from '../support/desk.ts';
import { addToRegistry } from '../support/registry.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

const WIDTHS = [320, 390, 430];
const STORY = 'a-request-with-a-name.1';
/** Beside those of the menu. */
const PATHS = [
  '/admin/routes/GET/api/schemas/',
  '/admin/logs/?file=error&since=soon&status=5xx',
  `/admin/requests/${STORY}/`,
  '/admin/requests/nobody-knows-this-one/',
  '/api/docs/',
  '/admin/nowhere/',
];

/** Some of each: cards, failures, a slow line, a token, and changes that are audited. */
async function use(server: Server, request: APIRequestContext): Promise<void> {
  addToRegistry(server, { namespaces: { active: 3 }, schemas: { active: 5 }, agentCards: { active: 12_345, inactive: 2 } });
  const token = await server.command('token', 'create', '--name=deploy-pipeline-of-the-registry', '--scope=write');
  const headers = { Authorization: `Bearer ${token}` };
  await request.post('/api/namespaces/', { headers, data: { id: 'squad-1', name: 'Squad 1' } });
  await request.get('/api/agentcards/?page_size=5');
  server.sql('registry', 'ALTER TABLE schemas RENAME TO schemas_elsewhere');
  for (let number = 0; number < 3; number += 1) await request.get('/api/schemas/', { headers: { 'X-Request-ID': STORY } });
  server.sql('registry', 'ALTER TABLE schemas_elsewhere RENAME TO schemas');
}

/** What is wider than its place, with its words. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`the page: ${scrollWidth} > ${clientWidth}`);
    // For those who listen only.
    const isHidden = (element: Element): boolean =>
      getComputedStyle(element).clipPath !== 'none' || (element.parentElement !== null && isHidden(element.parentElement));
    for (const element of document.querySelectorAll('body *')) {
      const isFilledIn = element.matches('input, select, option');
      // A chart's figures as a table, folded away, are moved sideways by finger or by key; its region says so.
      if (element.closest('details :is(.scroll, .scroll-x)[tabindex]')) continue;
      if (!(element instanceof HTMLElement) || !element.checkVisibility() || isFilledIn || isHidden(element)) continue;
      const { right } = element.getBoundingClientRect();
      const isWider = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
      if (isWider || right > clientWidth + 1) {
        const place = `${element.tagName.toLowerCase()}.${element.className}`;
        found.push(`${place}: ${element.innerText.slice(0, 60)}`);
      }
    }
    return found;
  });
}

for (const locale of ['en-US', 'zh-CN']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('nothing is cut off on a small phone', async ({ page, server, request, allowedNoise }) => {
      test.slow();
      allowedNoise.push(/status of 404/);
      await use(server, request);
      await page.setViewportSize({ width: 320, height: 740 });
      await page.goto('/admin/login/');
      expect(await cutOff(page), 'the sign-in page').toEqual([]);
      await signIn(page);
      for (const path of [...(await menuPaths(page)), ...PATHS]) {
        await page.goto(path);
        await page.locator('details').evaluateAll((all) => all.forEach((it) => it.setAttribute('open', '')));
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 740 });
          expect(await cutOff(page), `${path} at ${width} px`).toEqual([]);
        }
      }
    });
  });
}
