// Log lines carry what strangers sent. On the page that is text and nothing else.

import type { Locator, Page } from '@playwright/test';

import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import { appendError } from '../support/errors.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

const MARKUP = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"> &lt;b&gt;';
const ESCAPES = '\u001b[31mred\u001b[0m \u0007\u0000 \u009b2J';
const REVERSED = 'report \u202egnp.exe\u2066 שלום \u200fعالم';

async function appendHostile(server: Server, name: string): Promise<void> {
  await appendError(server, `${name}: ${MARKUP} ${ESCAPES} ${REVERSED}`, {
    [`${MARKUP}${REVERSED}`]: `${MARKUP} ${REVERSED}`,
    error: [`${ESCAPES} ${MARKUP}`, REVERSED],
    logger: REVERSED,
    error_id: MARKUP,
  });
}

/** Opens the row, and looks that it is text, and sits where its neighbour sits. */
async function expectHarmless(page: Page, name: string): Promise<void> {
  const row = page.getByTestId('error-row').filter({ hasText: name });
  await expect(row).toContainText('<script>window.hacked = 1</script>');
  await expect(row).toContainText('<img src=x onerror="window.hacked = 1"> &lt;b&gt;');
  await expect(row).toContainText('⟨U+001B⟩[31mred⟨U+001B⟩[0m');
  await expect(row).toContainText('report ⟨U+202E⟩gnp.exe⟨U+2066⟩ שלום');
  await expectSamePlaces(row, page.getByTestId('error-row').filter({ hasText: 'an ordinary line' }));

  await row.locator('summary').click();
  const detail = row.getByTestId('error-detail');
  await expect(detail.getByText('⟨U+202E⟩gnp.exe').first()).toBeVisible();
  await expect(row.locator('script, img, b')).toHaveCount(0);
  await expect(detail).not.toContainText(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200f\u202a-\u202e\u2066-\u2069]/);
}

/** Level, message and time begin, and the time ends, at the same places in both rows. */
async function expectSamePlaces(one: Locator, other: Locator): Promise<void> {
  for (const part of ['.badge', 'time']) {
    const [box, otherBox] = [await one.locator(part).first().boundingBox(), await other.locator(part).first().boundingBox()];
    expect(box?.x, part).toBeCloseTo(otherBox?.x ?? Number.NaN, 0);
    expect(box?.width, part).toBeCloseTo(otherBox?.width ?? Number.NaN, 0);
  }
}

test('hostile text in an error line is shown and not obeyed', async ({ page, server }) => {
  page.on('dialog', () => expect(false, 'no dialog opens').toBe(true));
  await appendError(server, 'an ordinary line');
  await appendHostile(server, 'rendered by the server');
  await openDesk(page);
  await expectHarmless(page, 'rendered by the server');

  await chooseInterval(page, 1);
  await appendHostile(server, 'rendered by the browser');
  await expectHarmless(page, 'rendered by the browser');

  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('hostile text is harmless, too', async ({ page, server }) => {
    await appendError(server, 'an ordinary line');
    await appendHostile(server, 'rendered by the server');
    await signIn(page);
    await expectHarmless(page, 'rendered by the server');
  });
});

test('a line that is no JSON is shown as it is', async ({ page, server }) => {
  await server.appendLog('error.log', `thread panicked at <script>\n`);
  await openDesk(page);
  await expect(page.getByTestId('error-row')).toContainText('thread panicked at <script>');
});

test('what was typed at the door comes back as text', async ({ page, allowedNoise }) => {
  allowedNoise.push(/status of 401/);
  await page.goto(`/admin/login/?next=${encodeURIComponent(`/"><script>hacked</script>`)}`);
  await page.getByLabel('Username').fill(`"><script>window.hacked = 1</script>`);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Username')).toHaveValue(`"><script>window.hacked = 1</script>`);
  // The page's own script, which tells the zone, is all there is.
  await expect(page.locator('script')).toHaveCount(1);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});
