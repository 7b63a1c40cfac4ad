// The desk as its reader uses it.

import { expect, type Page } from '@playwright/test';

import { ADMIN } from './server.ts';

/** The choices of the refresh interval, in seconds; 0 is paused. */
export type Interval = 0 | 1 | 5 | 15 | 30 | 60;

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
 * Makes the browser's clock stand still; it goes on by `page.clock.runFor`. So what takes minutes
 * takes no time, and what must not happen within them has had its chance.
 */
export async function freezeClock(page: Page): Promise<void> {
  await page.clock.pauseAt(Date.now() + 60_000);
}

/** Counts the questions that the page asks to refresh itself. */
export class Refreshes {
  private asked = 0;
  private seen = 0;

  constructor(private readonly page: Page) {
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/api/ops/ui/status') this.asked += 1;
    });
  }

  /** Runs what may refresh the page; exactly one refresh must come of it, and be shown. */
  async expectOne(action: () => Promise<void>): Promise<void> {
    const measured = this.page.getByTestId('last-updated').getByRole('time');
    const before = (await measured.getAttribute('datetime')) ?? '';
    await action();
    await expect(measured).not.toHaveAttribute('datetime', before);
    expect(this.asked - this.seen, 'questions asked').toBe(1);
    this.seen = this.asked;
  }

  /** Runs what must not refresh the page. */
  async expectNone(action: () => Promise<void>): Promise<void> {
    await action();
    // Requests are reported in the order in which the page made them: this one comes last.
    await this.page.evaluate(() => fetch('/health/').then((response) => response.text()));
    expect(this.asked - this.seen, 'questions asked').toBe(0);
  }
}
