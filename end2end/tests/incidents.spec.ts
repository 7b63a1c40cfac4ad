// An incident as whoever is on call meets it: from the notice's link to the cause, and to its end.

import type { Page } from '@playwright/test';

import { chooseInterval, hydrated, menuPaths, openDesk, signIn } from '../support/desk.ts';
import { alerting, breakDown, untilGood } from '../support/incidents.ts';
import { ADMIN, expect, test } from '../support/test.ts';

const TITLE = 'Service is not ready';
const CAUSE = 'no such table: users';

test.use({ environment: async ({ sink }, use) => use(await alerting(sink)) });

/** From the incident's page: what failed, and its line. */
async function reachTheLine(page: Page): Promise<void> {
  await page.getByTestId('evidence-request').first().click();
  const line = page.getByTestId('story-line').filter({ hasText: CAUSE }).first();
  await line.locator('summary').click();
  await expect(line.getByTestId('log-detail')).toBeVisible();
  await expect(line.getByTestId('log-detail')).toContainText(CAUSE);
}

test('an incident is followed from its notice to the line that caused it, and taken care of', async ({
  page,
  context,
  browser,
  server,
  sink,
  request,
  allowedNoise,
}) => {
  test.slow();
  // What is refused is answered with 400.
  allowedNoise.push(/400 \(Bad Request\)/);
  await untilGood(server, request);
  await openDesk(page);
  await chooseInterval(page, 1);
  const paths = await menuPaths(page);
  await page.goto('/admin/incidents/');
  await hydrated(page);
  await expect(page.getByTestId('incidents-none')).toBeVisible();
  await expect(page.getByTestId('open-incidents')).toHaveCount(0);
  const another = await context.newPage();
  await another.goto('/admin/timeline/');
  await hydrated(another);
  await expect(another).toHaveTitle('Timeline · agent-source-db');

  await breakDown(server, request);
  const { data } = await sink.message('incident.opened');
  const { url } = data.incident;
  expect(data.incident.title).toContain(TITLE);

  await test.step('the list and the timeline say so by themselves', async () => {
    const row = page.getByTestId('incident-row');
    await expect(row.getByTestId('incident-title')).toContainText(TITLE);
    await expect(row).toContainText('critical');
    await expect(row).toContainText(/for \d+ (s|min)/);
    await expect(row).toContainText('nobody is on it');
    await expect(another.locator('[data-kind=incident_opened]')).toContainText(TITLE);
  });

  await test.step('the link leads there through the door', async () => {
    const stranger = await browser.newContext();
    const door = await stranger.newPage();
    await door.goto(url);
    await door.getByLabel('Username').fill(ADMIN.username);
    await door.getByLabel('Password').fill(ADMIN.password);
    await door.getByRole('button', { name: 'Sign in' }).click();
    await expect(door).toHaveURL(url);
    await expect(door.getByTestId('incident-title')).toContainText(TITLE);
    await stranger.close();
  });

  await test.step('every page names it, and its tab is red', async () => {
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByTestId('verdict'), path).toContainText(TITLE);
      await expect(page, path).toHaveTitle(/^✕ /);
      await expect(page.locator('link[rel=icon]'), path).toHaveAttribute('href', /favicon-error/);
    }
    await expect(another).toHaveTitle('✕ Timeline · agent-source-db');
  });

  await test.step('the cause is two clicks away', async () => {
    await page.goto(url);
    await reachTheLine(page);
  });

  await page.goto(url);
  await hydrated(page);

  await test.step('its charts mark it once', async () => {
    const chart = page.getByTestId('incident-charts').locator('figure').first();
    await expect(chart.getByRole('listitem').filter({ hasText: 'Incident' })).toHaveCount(1);
  });

  await test.step('taken', async () => {
    await expect(page.getByTestId('incident-taken')).toHaveText('nobody is on it');
    await page.getByLabel('What you are doing about it').fill('starting it again');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(page.getByTestId('incident-taken')).toContainText('ada is on it');
    await expect(page.getByTestId('incident-taken')).toContainText('starting it again');
    await expect(page.getByTestId('verdict')).toContainText('ada is on it');
    await hydrated(page);
  });

  await test.step('a note is Markdown, and can do no harm', async () => {
    await page.getByText('Note…', { exact: true }).click();
    const hostile = '<img src=x onerror="window.hacked = 1"> [here](javascript:window.hacked=1) ![](https://evil.example/x.png)';
    await page.getByLabel('Note (Markdown)').fill(`The **primary** is gone.\n\n- failover begun\n\n${hostile}`);
    await page.getByRole('button', { name: 'Add note' }).click();
    const note = page.getByTestId('incident-timeline').locator('.markdown');
    await expect(note.locator('strong')).toHaveText('primary');
    await expect(note.getByRole('listitem')).toHaveText('failover begun');
    await expect(note).toContainText('<img src=x onerror="window.hacked = 1">');
    await expect(note.locator('a, img')).toHaveCount(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await hydrated(page);
  });

  await test.step('what is half typed survives the refreshes', async () => {
    const measured = page.getByTestId('last-updated').getByRole('time');
    const before = (await measured.getAttribute('datetime')) ?? '';
    await page.getByText('Note…', { exact: true }).click();
    await page.getByLabel('Note (Markdown)').fill('half of it');
    await expect(measured).not.toHaveAttribute('datetime', before);
    await expect(page.getByLabel('Note (Markdown)')).toHaveValue('half of it');
    await expect(page.getByLabel('Note (Markdown)')).toBeFocused();
  });

  await test.step('silenced', async () => {
    await page.getByText('Silence…', { exact: true }).click();
    const form = page.getByTestId('incident-silence');
    await form.getByLabel('Reason').fill('known, worked on');
    await form.getByLabel('For').selectOption('4h');
    await form.getByRole('button', { name: 'Silence' }).click();
    await expect(page).toHaveURL(url);
    await expect(page.getByTestId('incident-silenced')).toContainText('ada until');
    await expect(page.getByTestId('incident-silenced')).toContainText('known, worked on');
    await hydrated(page);
  });

  await test.step('copied to hand over, and it says so', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await expect(page.getByTestId('incident-copied')).toHaveText('✓ Copied');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(new RegExp(`^# .*${TITLE}`));
    expect(text).toContain('starting it again');
  });

  await test.step('closed, and nothing names it any more', async () => {
    await page.getByText('Close…', { exact: true }).click();
    const form = page.getByTestId('incident-close');
    await form.getByLabel('Reason').fill('  ');
    await form.getByRole('button', { name: 'Close the incident' }).click();
    await expect(page.getByTestId('field-error')).toHaveCount(1);
    await expect(form.getByTestId('field-error')).toContainText('A reason is needed');
    await form.getByLabel('Reason').fill('drill');
    await form.getByRole('button', { name: 'Close the incident' }).click();
    await expect(page.getByTestId('incident-close')).toHaveCount(0);
    await expect(page.getByTestId('incident-timeline')).toContainText('drill');
    await expect(page.getByTestId('open-incidents')).toHaveCount(0);
    await expect(another.getByTestId('open-incidents')).toHaveCount(0);
    await expect(another).toHaveTitle('Timeline · agent-source-db');
    await expect(another.locator('link[rel=icon]')).toHaveAttribute('href', /favicon\.\w+\.svg/);
    await another.goto('/admin/audit/');
    await expect(another).toHaveTitle('Audit · agent-source-db');
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an incident is understood and taken care of all the same', async ({
    page,
    server,
    sink,
    request,
    allowedNoise,
  }) => {
    test.slow();
    allowedNoise.push(/400 \(Bad Request\)/);
    await untilGood(server, request);
    await signIn(page);
    await breakDown(server, request);
    const { data } = await sink.message('incident.opened');
    const { url } = data.incident;

    await page.goto(url);
    await expect(page).toHaveTitle(/^✕ /);
    await expect(page.getByTestId('verdict')).toContainText(TITLE);
    await reachTheLine(page);

    await page.goto(url);
    await page.getByLabel('What you are doing about it').fill('on it');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(page.getByTestId('incident-taken')).toContainText('ada is on it');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect(page.getByTestId('incident-taken')).toHaveText('nobody is on it');

    await page.getByText('Note…', { exact: true }).click();
    await page.getByLabel('Note (Markdown)').fill('  ');
    await page.getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByTestId('field-error')).toContainText('There is nothing in the note');
    await page.getByLabel('Note (Markdown)').fill('*failover* begun');
    await page.getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByTestId('incident-timeline').locator('.markdown em')).toHaveText('failover');

    await page.getByText('Silence…', { exact: true }).click();
    await page.getByTestId('incident-silence').getByLabel('Reason').fill('known');
    await page.getByTestId('incident-silence').getByRole('button', { name: 'Silence' }).click();
    await expect(page.getByTestId('incident-silenced')).toContainText('known');

    await expect(page.getByTestId('incident-copy')).toBeHidden();
    const report = await page.getByTestId('incident-report').getAttribute('href');
    const answer = await page.request.get(report ?? '');
    expect(await answer.text()).toContain(TITLE);

    await page.getByText('Close…', { exact: true }).click();
    await page.getByTestId('incident-close').getByLabel('Reason').fill('drill');
    await page.getByRole('button', { name: 'Close the incident' }).click();
    await expect(page.getByTestId('open-incidents')).toHaveCount(0);
    await page.goto('/admin/incidents/');
    const row = page.getByTestId('incident-row');
    await expect(row).toContainText(TITLE);
    await expect(row).toContainText('nobody took it');
  });
});
