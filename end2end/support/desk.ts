// The desk as its reader uses it.

import { expect, type Page, type Request } from '@playwright/test';

import { ADMIN } from './server.ts';

/** The choices of the refresh interval, in seconds; 0 is paused. */
export type Interval = 0 | 1 | 5 | 15 | 30 | 60;

/** The addresses of the pages that the open page's menu leads to. */
export function menuPaths(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation').first().getByRole('link');
  return links.evaluateAll((all) => all.flatMap((link) => link.getAttribute('href') ?? []));
}

/** Signs the admin in through the form and waits for the desk. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/admin/login/');
  await page.locator('input[name=username]').fill(ADMIN.username);
  await page.locator('input[name=password]').fill(ADMIN.password);
  await page.locator('input[name=password]').press('Enter');
  await page.waitForURL('**/admin/system-status/');
}

/** Waits until the page has woken up: only then do its controls work without the server. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
}

/** Signs in and waits for the page to be awake. */
export async function openDesk(page: Page): Promise<void> {
  await signIn(page);
  await hydrated(page);
}

export async function chooseInterval(page: Page, seconds: Interval): Promise<void> {
  await page.getByTestId('refresh-interval').selectOption(String(seconds));
}

/**
 * Makes the browser's clock stand still, with no question under way; it goes on by
 * `page.clock.runFor`. So what takes minutes takes no time, and what must not happen within them has
 * had its chance. Make the `Refreshes` before the page is opened: what is under way when they are
 * made is not seen.
 */
export async function freezeClock(page: Page, refreshes: Refreshes): Promise<void> {
  // As short a leap as may be: a timer that comes due within it asks a question of its own.
  await page.clock.pauseAt(Date.now() + 1_000);
  await refreshes.settle();
}

/** Counts the questions that the page asks to refresh itself. */
export class Refreshes {
  private asked = 0;
  private over = 0;
  private seen = 0;

  constructor(private readonly page: Page) {
    // The page asks for itself; a person who opens it navigates.
    const isOne = (request: Request) =>
      !request.isNavigationRequest() && new URL(request.url()).pathname === '/admin/system-status/';
    page.on('request', (request) => {
      if (isOne(request)) this.asked += 1;
    });
    const end = (request: Request) => {
      if (isOne(request)) this.over += 1;
    };
    page.on('requestfinished', end);
    page.on('requestfailed', end);
  }

  /** Waits until every question is over and its answer shown; from then on only new ones count. */
  async settle(): Promise<void> {
    await this.report();
    await expect.poll(() => this.asked - this.over, 'questions under way').toBe(0);
    // The page has taken in an answer, and set its next timer, before it runs this.
    await this.report();
    this.seen = this.asked;
  }

  /** Runs what may refresh the page; exactly one refresh must come of it, and be shown. */
  async expectOne(action: () => Promise<void>): Promise<void> {
    const measured = this.page.getByTestId('last-updated').getByRole('time');
    const before = (await measured.getAttribute('datetime')) ?? '';
    const seen = this.seen;
    await action();
    await expect(measured).not.toHaveAttribute('datetime', before);
    await this.settle();
    expect(this.asked - seen, 'questions asked').toBe(1);
  }

  /** Runs what must not refresh the page. */
  async expectNone(action: () => Promise<void>): Promise<void> {
    await action();
    await this.report();
    expect(this.asked - this.seen, 'questions asked').toBe(0);
  }

  /** Requests are reported in the order in which the page made them: this one comes last. */
  private async report(): Promise<void> {
    await this.page.evaluate(() => fetch('/health/').then((response) => response.text()));
  }
}
