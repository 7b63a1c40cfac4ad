// The rules, who is told, and who asked not to be: with and without scripts.

import { hydrated, signIn } from '../support/desk.ts';
import { RULES } from '../support/incidents.ts';
import type { Server } from '../support/server.ts';
import { expect, test } from '../support/test.ts';

test.use({ environment: ({ sink }, use) => use({ ALERTS_FILE: RULES, ALERT_WEBHOOK_URL: sink.url }) });

/** A busy minute of the past, of a process that shared the store. Its histogram is empty. */
function addBusyMinute(server: Server): void {
  const minute = Math.floor(Date.now() / 60_000) - 90;
  server.sql(
    'ops',
    "INSERT INTO series VALUES ('traffic', 1, ?, 'web-2:17', 1, '', 1, 500, CAST('0,500,0,0,0,0,0;' || x'00' AS BLOB))",
    minute,
  );
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('rules are tried, channels tested, and silence asked for', async ({
      page,
      server,
      sink,
      allowedNoise,
    }) => {
      test.slow();
      addBusyMinute(server);
      await signIn(page);
      await page.goto('/admin/alerts/');
      if (javaScriptEnabled) await hydrated(page);
      const rule = page.locator('#rule-slow-p95');

      await test.step('a rule says what it measures, when, and how soon it would tell', async () => {
        await rule.locator(':scope > summary').click();
        await expect(rule).toContainText('latency(0.95, 5m) > 1000ms');
        await expect(rule).toContainText('Last run');
        await expect(rule).toContainText('Next run');
        await expect(rule).toContainText(/would detect within/);
        await expect(rule).toContainText('webhook');
        await expect(page.getByTestId('maintenance-row')).toContainText('backup');
      });

      await test.step('another threshold is tried against the past, and marked on the charts', async () => {
        await rule.getByText('Try another threshold').click();
        await rule.getByRole('textbox').fill('[[rule]]\nname = "busy"\nexpr = "requests(1m) > 100"\nevery = "1m"');
        await rule.getByRole('combobox').selectOption('24h');
        await rule.getByTestId('rule-try').getByRole('button').click();
        await expect(rule.getByTestId('rule-outcome')).toContainText('It would have fired once.');
        await expect(rule.getByTestId('trial-episode')).toHaveCount(1);
        await expect(rule.getByTestId('trial-strip').locator('.strip-mark')).toHaveCount(1);
        const chart = rule.getByTestId('trial-charts').locator('figure');
        await expect(chart.locator('.mark-incident').first()).toHaveAttribute('d', /^M/);
        await expect(chart.getByRole('listitem').filter({ hasText: 'Would have fired' })).toHaveCount(1);

        await rule.getByRole('textbox').fill('[[rule]]\nname = "busy"\nexpr = "nosuch(1m) > 100"');
        await rule.getByTestId('rule-try').getByRole('button').click();
        await expect(rule.getByTestId('field-error')).toContainText('nosuch');
        await expect(rule.getByRole('textbox')).toHaveValue(/nosuch/);
      });

      await test.step('a test of a channel says what the other side answered', async () => {
        await page.goto('/admin/alerts/');
        const channel = page.getByTestId('channel-row').filter({ hasText: 'webhook' });
        await channel.getByRole('button').click();
        await expect(channel.getByTestId('channel-tested')).toContainText('delivered');
        expect(sink.received.map(({ type }) => type)).toEqual(['channel.test']);
        sink.reply(404, 'no such hook');
        await channel.getByRole('button').click();
        await expect(channel.getByTestId('channel-tested')).toContainText('404');
        await expect(channel.getByTestId('channel-tested')).toContainText('no such hook');
      });

      await test.step('silenced, and ended', async () => {
        await page.goto('/admin/alerts/');
        await page.locator('#new-silence > summary').click();
        // What is refused is answered with 400.
        allowedNoise.push(/400 \(Bad Request\)/);
        const form = page.getByTestId('new-silence');
        await form.getByLabel('Reason').fill('known');
        await form.getByRole('button').click();
        await expect(form.getByTestId('field-error')).toContainText('Give a rule, a subject or a severity');
        await expect(form.getByLabel('Reason')).toHaveValue('known');
        await form.getByLabel('Rule').fill('slow-p95');
        await form.getByRole('button').click();
        const silence = page.getByTestId('silence-row');
        await expect(silence).toContainText('slow-p95');
        await expect(silence).toContainText('known');
        await silence.getByRole('button').click();
        await expect(page.locator('#earlier-silences')).toBeAttached();
      });

      await test.step('quiet, and ended', async () => {
        const quiet = page.getByTestId('quiet');
        await quiet.locator('summary').click();
        await quiet.getByLabel('Reason').fill('deploying');
        await quiet.getByRole('button').click();
        await expect(quiet).toContainText('deploying');
        await quiet.getByRole('button').click();
        await expect(quiet).not.toContainText('deploying');
      });
    });
  });
}
