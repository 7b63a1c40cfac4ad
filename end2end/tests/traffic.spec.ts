// What the service did: figures that follow it, charts over a period, route by route.

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { chooseInterval, openDesk, signIn } from '../support/desk.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

/** Requests that count: the root leads to the desk, the rest leads nowhere. */
async function serve(server: Server, good: number, lost: number): Promise<void> {
  for (let number = 0; number < good + lost; number += 1) {
    const path = number < good ? '/' : '/nothing/here/';
    await fetch(new URL(path, server.baseURL), { redirect: 'manual' });
  }
}

test('the figures and the chart follow the requests by themselves', async ({ page, server }) => {
  await openDesk(page);
  await expect(page.getByTestId('requests-24h')).toHaveText('0');
  await expect(page.getByTestId('error-rate-24h')).toHaveText('–');
  await expect(page.getByTestId('traffic-coverage')).toContainText('of 24 h collected');
  await chooseInterval(page, 1);

  await serve(server, 1200, 3);

  await expect(page.getByTestId('requests-24h')).toHaveText('1203');
  await expect(page.getByTestId('errors-24h')).toHaveText('0');
  await expect(page.getByTestId('p95-24h')).toHaveText(/^\d+(\.\d{1,2})? ms$/);
  const status = await (await page.request.get('/api/ops/status/')).json();
  await expect(page.getByTestId('avg-response-24h')).toHaveText(`${status.traffic_24h.avg_ms} ms`);
  const requests = page.getByRole('figure', { name: 'Requests by status' });
  await expect(requests.locator('.chart-plot .series-good')).toHaveAttribute('d', /^M/);
  await expect(requests.locator('.chart-plot .series-error')).toHaveAttribute('d', '');
});

test('a chart tells its values to the pointer and to the keyboard, and as a table', async ({ page, server }) => {
  await serve(server, 4, 2);
  await openDesk(page);
  const chart = page.getByRole('figure', { name: 'Requests by status' });
  const readout = chart.locator('.chart-readout');
  await expect(readout).toContainText(/1xx–3xx 4 · 4xx 2 · 5xx 0/);

  const plot = chart.getByRole('application');
  await plot.focus();
  await page.keyboard.press('Home');
  await expect(readout).toContainText('no data');
  await page.keyboard.press('End');
  await expect(readout).toContainText('4xx 2');
  const box = await plot.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  await expect(readout).toContainText('no data');

  await chart.getByText('As a table').click();
  await expect(chart.getByRole('row').nth(1)).toContainText('4');
});

test('an opened table stays open while the numbers change', async ({ page, server }) => {
  await openDesk(page);
  await chooseInterval(page, 1);
  const chart = page.getByRole('figure', { name: 'Requests by status' });
  await chart.getByText('As a table').click();
  await serve(server, 5, 0);
  await expect(chart.getByRole('cell', { name: '5', exact: true })).toBeVisible();
});

test('a period and an order are links that a colleague can open', async ({ page, server }) => {
  await serve(server, 6, 3);
  await openDesk(page);
  await page.getByRole('link', { name: '7 d' }).click();
  await expect(page).toHaveURL(/\?period=7d$/);
  await expect(page.getByRole('link', { name: '7 d' })).toHaveAttribute('aria-current', 'true');

  await page.getByRole('link', { name: 'Routes' }).click();
  const rows = page.getByTestId('route-row');
  await expect(rows).toHaveCount(2);
  await page.getByRole('link', { name: 'Requests' }).click();
  await expect(page).toHaveURL(/sort=calls/);
  await expect(rows.first()).toContainText('GET /');
  await expect(page.getByRole('columnheader', { name: 'Requests' })).toHaveAttribute('aria-sort', 'descending');

  await rows.last().getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'GET unmatched' })).toBeVisible();
  await expect(page.locator('.request-id')).toHaveCount(3);
});

test('the pages of the routes refresh themselves', async ({ page, server }) => {
  await openDesk(page);
  await page.goto('/admin/routes/?period=1h');
  await expect(page.getByText('No requests in this period.')).toBeVisible();
  await chooseInterval(page, 1);
  await serve(server, 2, 0);
  await expect(page.getByTestId('route-row')).toHaveCount(1, { timeout: 15_000 });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('figures, charts, tables and links are there', async ({ page, server }) => {
    await serve(server, 4, 1);
    await signIn(page);
    await expect(page.getByTestId('requests-24h')).toHaveText('5');
    const chart = page.getByRole('figure', { name: 'Requests by status' });
    await expect(chart.locator('.chart-step title').last()).toContainText('4xx 1');
    await chart.getByText('As a table').click();
    await expect(chart.getByRole('row').nth(1)).toContainText('4');
    await page.getByRole('link', { name: '1 h', exact: true }).click();
    await expect(page).toHaveURL(/\?period=1h$/);
    await expect(page.getByTestId('requests-24h')).toHaveText('5');
  });
});

test('every page of traffic is for everyone, on a phone too', async ({ page, server }) => {
  await serve(server, 25, 3);
  await openDesk(page);
  for (const path of [
    '/admin/system-status/?period=1h',
    '/admin/routes/?period=1h',
    '/admin/routes/GET/-unmatched?period=1h',
  ]) {
    await page.goto(path);
    await expectAccessible(page);
    await expectToFitAPhone(page);
  }
});
