// The log page as its reader uses it.

import { expect, type Locator, type Page } from '@playwright/test';

import { hydrated } from './desk.ts';
import type { Server } from './server.ts';

export type LogFile = 'app.log' | 'access.log' | 'error.log' | 'db.log';

/** Appends a line as the service itself writes them. */
export async function appendLine(server: Server, file: LogFile, fields: Record<string, unknown>): Promise<void> {
  const line = { timestamp: new Date().toISOString(), level: 'INFO', logger: 'end2end', message: '', ...fields };
  await server.appendLog(file, `${JSON.stringify(line)}\n`);
}

/** Opens the log page with what is asked for in its address, and waits until it is awake. */
export async function openLogs(page: Page, asked: Record<string, string> = {}): Promise<void> {
  await page.goto(`/admin/logs/?${new URLSearchParams(asked)}`);
  await hydrated(page);
}

/** The rows of the list whose message says this. */
export function lines(page: Page, text: string): Locator {
  return page.getByTestId('log-line').filter({ hasText: text });
}

/** Types into the search box of whatever page this is. */
export async function find(page: Page, text: string): Promise<void> {
  await page.getByTestId('find').fill(text);
  await page.getByTestId('find').press('Enter');
}

/** The page's address, decoded, without the host. */
export function address(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return decodeURIComponent(`${pathname}${search}`);
}

/** Opens the first row and returns its fields. */
export async function openFirst(rows: Locator): Promise<Locator> {
  await rows.first().locator('summary').click();
  const detail = rows.first().getByTestId('log-detail');
  await expect(detail).toBeVisible();
  return detail;
}
