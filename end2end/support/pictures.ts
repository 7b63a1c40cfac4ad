// Pictures of a page in each width and both themes.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

/** Where they go; empty if nobody wants any. */
export const directory = process.env.SCREENSHOTS_DIR ?? '';

const WIDTHS = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'small', width: 320, height: 740 },
];

export async function shoot(page: Page, name: string, locale: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const { name: width, ...size } of WIDTHS) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const path = join(directory, `${name}-${width}-${colorScheme}-${locale}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
}
