// One error group as people work with it: what it is, whom it hits, resolved, muted, noted.

import type { Page } from '@playwright/test';

import { expectAccessible, expectToFitAPhone } from '../support/axe.ts';
import { signIn } from '../support/desk.ts';
import { failAt } from '../support/errors.ts';
import { expect, test } from '../support/test.ts';

/** To the page of the only group, once it is counted. */
async function openTheGroup(page: Page): Promise<void> {
  const group = page.getByTestId('error-group');
  await expect(async () => {
    await page.goto('/admin/errors/?show=all');
    await expect(group).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await group.getByRole('link').click();
  await expect(page.getByTestId('group-title')).toContainText('namespaces.description');
}

test('a group is looked at, muted with a reason, resolved, and back by itself', async ({ page, server }) => {
  await failAt(server, '/api/namespaces/', ['first', 'second']);
  await signIn(page);
  await openTheGroup(page);
  await expect(page.getByTestId('group-activity')).toHaveText('Ongoing');
  await expect(page.getByTestId('group-head')).toContainText('new');
  await expect(page.getByTestId('facet').filter({ hasText: 'Route' })).toContainText('/api/namespaces/');
  await expect(page.getByTestId('looked-at')).toContainText('of the newest 2 of 2 errors');

  await test.step('its lines follow each other', async () => {
    const example = page.getByTestId('group-example');
    await expect(example.getByRole('link', { name: 'second', exact: true })).toBeVisible();
    await example.getByRole('link', { name: '← Earlier' }).click();
    await expect(example.getByRole('link', { name: 'first', exact: true })).toBeVisible();
    await example.getByRole('link', { name: 'Lines around it in the log' }).click();
    await expect(page.getByTestId('log-line').first()).toBeVisible();
    await page.goBack();
  });

  await test.step('muted it is not among the failures', async () => {
    await page.getByTestId('group-mute').locator('summary').click();
    await page.getByTestId('group-mute').getByLabel('Reason').fill('known since the move');
    await page.getByTestId('group-mute').getByRole('button', { name: 'Mute' }).click();
    await expect(page.getByTestId('group-said')).toContainText('Muted by ada');
    await expect(page.getByTestId('group-said')).toContainText('known since the move');
    await page.goto('/admin/system-status/');
    await expect(page.getByTestId('groups-put-aside')).toContainText('1 muted not shown.');
    await expect(page.getByTestId('error-group')).toHaveCount(0);
    await page.getByTestId('groups-put-aside').getByRole('link').click();
    await page.getByTestId('errors-muted').getByRole('link').click();
    await page.getByRole('button', { name: 'Unmute' }).click();
    await expect(page.getByTestId('group-said')).toHaveCount(0);
  });

  await test.step('resolved it opens by itself', async () => {
    await page.getByTestId('group-resolve').getByRole('textbox').fill('the column is back');
    await page.getByTestId('group-resolve').getByRole('button').click();
    await expect(page.getByTestId('group-said')).toContainText('Resolved by ada');
    await failAt(server, '/api/namespaces/', ['third']);
    await expect(async () => {
      await page.reload();
      await expect(page.getByTestId('group-back')).toContainText('in version', { timeout: 500 });
    }).toPass();
    await expect(page.getByTestId('group-entries')).toContainText('the column is back');
    await page.getByRole('button', { name: 'Keep it open as known' }).click();
    await expect(page.getByTestId('group-back')).toHaveCount(0);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('forms are sent, what is refused is said, and all of it fits a phone', async ({ page, server, allowedNoise }) => {
    // What is refused is answered with 400.
    allowedNoise.push(/400 \(Bad Request\)/);
    await failAt(server, '/api/namespaces/', ['first']);
    await signIn(page);
    await openTheGroup(page);
    const note = page.getByTestId('group-note');
    await note.locator('summary').click();
    // Whoever sends a blank is told so, whatever the browser lets through.
    await note.getByLabel('Note (Markdown)').fill('   ');
    await note.getByRole('button', { name: 'Add note' }).click();
    await expect(note.getByTestId('field-error')).toContainText('There is nothing in the note');
    await note.getByLabel('Note (Markdown)').fill('see **the ticket**');
    await note.getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByTestId('group-entries')).toContainText('see the ticket');
    await expect(page).toHaveURL(/\/admin\/errors\/[0-9a-f]{16}\/$/);
  });
});

test('both pages are there for everybody', async ({ page, server }) => {
  await failAt(server, '/api/namespaces/', ['first']);
  await signIn(page);
  await openTheGroup(page);
  await page.getByTestId('group-mute').locator('summary').click();
  await expectAccessible(page);
  await expectToFitAPhone(page);
  await page.goto('/admin/errors/');
  await expectAccessible(page);
  await expectToFitAPhone(page);
});
