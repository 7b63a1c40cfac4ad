// The UI's files, as a browser gets them.

import { openDesk } from '../support/desk.ts';
import { expect, test } from '../support/test.ts';

test('a page is styled and wakes up from files with hashed names', async ({ page }) => {
  const files = new Map<string, number>();
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith('/static/')) files.set(path, response.status());
  });

  await openDesk(page);

  const paths = [...files.keys()].join('\n');
  for (const name of [/app\.[0-9a-f]{8}\.js/, /app_bg\.[0-9a-f]{8}\.wasm/, /style\.[0-9a-f]{8}\.css/]) {
    expect(paths).toMatch(name);
  }
  expect(new Set(files.values())).toEqual(new Set([200]));
});

test('a file is kept for ever, and HEAD says so without sending it', async ({ page, request }) => {
  await page.goto('/admin/login/');
  const style = await page.locator('link[rel=stylesheet]').getAttribute('href');

  const response = await request.head(style ?? '');
  expect(response.status()).toBe(200);
  expect(response.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(Number(response.headers()['content-length'])).toBeGreaterThan(0);
  expect(await response.body()).toHaveLength(0);

  const again = await request.get(style ?? '', { headers: { 'If-None-Match': response.headers()['etag'] ?? '' } });
  expect(again.status()).toBe(304);
});
