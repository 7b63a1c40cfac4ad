// What a page is to whoever hears it instead of seeing it, and to whoever has no mouse.

import type { Page } from '@playwright/test';

import { chooseInterval, openDesk } from '../support/desk.ts';
import { appendError } from '../support/errors.ts';
import { expect, test } from '../support/test.ts';

test('the desk by its roles', async ({ page, server }) => {
  await appendError(server, 'the one to read');
  await openDesk(page);
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - link "Skip to content"
    - banner:
      - link "agent-source-db"
      - heading "System status" [level=1]
      - navigation "Pages":
        - list:
          - listitem:
            - link "System status"
          - listitem:
            - link "Routes"
          - listitem:
            - link "Logs"
          - listitem:
            - link "Database"
          - listitem:
            - link "API tokens"
          - listitem:
            - link "Audit"
      - search:
        - searchbox "Error id, request id or text"
        - button "Find"
      - combobox "Refresh"
      - button "简体中文"
      - button "Sign out"
    - main:
      - status:
        - strong: Ready
        - paragraph: All 3 checks pass.
      - region "Last 24 hours":
        - heading "Last 24 hours" [level=2]
        - term: Requests
        - definition: "0"
      - region "Traffic":
        - navigation "Period of the charts"
        - figure "Requests by status":
          - heading "Requests by status" [level=3]
          - application "Requests by status"
          - group: As a table
        - figure "Response times"
        - figure "Errors (5xx)"
      - region "Readiness":
        - table:
          - rowgroup:
            - row "Check Status"
          - rowgroup:
            - row /database OK/
      - region "Database"
      - region "Service"
      - region "Logs"
      - region "Error groups"
      - region "Instances"
      - region "Host and process":
        - figure "Database connections"
      - region "Events":
        - table
      - region "Registry"
      - region "Recent errors":
        - group: /ERROR the one to read/
  `);
});

test('the log page by its roles', async ({ page }) => {
  await openDesk(page);
  await page.goto('/admin/logs/');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - form "Filter":
        - combobox "File"
        - combobox "Level"
        - textbox "Text"
        - button "Search"
        - group "Time range":
          - button "15 min"
          - button "All" [pressed]
        - group: More filters
      - figure /Lines over time/:
        - list:
          - listitem: /ERROR \\d+/
        - group: As a table
      - region "Log lines":
        - link "Download"
        - button "Follow"
        - status
        - list
  `);
});

test('the database page by its roles', async ({ page }) => {
  await openDesk(page);
  await page.goto('/admin/database/');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - region "Latency and connections":
        - navigation "Period of the charts"
        - figure "Database connections"
      - region "Registry database":
        - heading "Registry database" [level=2]
      - region "Monitoring store":
        - heading "Monitoring store" [level=2]
  `);
});

for (const path of [
  '/admin/system-status/',
  '/admin/routes/',
  '/admin/routes/GET/api/agentcards/',
  '/admin/logs/',
  '/admin/database/',
  '/admin/tokens/',
  '/admin/audit/',
]) {
  test(`the keyboard alone reaches everything on ${path}, and shows where it is`, async ({ page, server }) => {
    await appendError(server, 'the one to read');
    await openDesk(page);
    await chooseInterval(page, 0);
    await page.goto(path);
    const stops = await watchFocus(page);
    expect(stops).toBeGreaterThan(8);
    // Some more: a browser stops at what scrolls, too.
    for (let stop = 0; stop < stops + 20; stop += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate('missed()')).toEqual([]);
    expect(await page.evaluate('unmarked()')).toEqual([]);
  });
}

/** From now on the page knows where the focus has been. How many places there are. */
function watchFocus(page: Page): Promise<number> {
  return page.evaluate(() => {
    const reached = new Set<Element>();
    const unmarked = new Set<Element>();
    document.addEventListener('focusin', (event) => {
      const element = event.target as Element;
      reached.add(element);
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      if (outlineStyle === 'none' && boxShadow === 'none') unmarked.add(element);
    });
    const places = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
    const wanted = places.filter((place) => place.checkVisibility() && (place as HTMLElement).tabIndex >= 0);
    const names = (elements: Iterable<Element>) => [...elements].map((element) => element.outerHTML.slice(0, 120));
    Object.assign(window, {
      missed: () => names(wanted.filter((place) => !reached.has(place))),
      unmarked: () => names(unmarked),
    });
    return wanted.length;
  });
}
