// A service that tells somebody, and real faults to tell of.

import { fileURLToPath } from 'node:url';

import { expect, type APIRequestContext } from '@playwright/test';

import { provokeError } from './errors.ts';
import { freePort } from './port.ts';
import type { Environment, Server } from './server.ts';
import type { Sink } from './sink.ts';

/** The built-in rules, quicker. */
export const RULES = fileURLToPath(new URL('alerts.toml', import.meta.url));

/** Of a service that tells this sink; what its links lead to is itself. */
export async function alerting(sink: Sink): Promise<Environment> {
  const address = `127.0.0.1:${await freePort()}`;
  return {
    LISTEN_ADDR: address,
    PUBLIC_URL: `http://${address}`,
    ALERTS_FILE: RULES,
    ALERT_WEBHOOK_URL: sink.url,
  };
}

/** Waits until the rules have seen a good service: what is bad then is no matter of the start. */
export async function untilGood(server: Server, request: APIRequestContext): Promise<void> {
  const token = await server.command('token', 'create', '--name=end2end', '--scope=ops');
  const states = async () => {
    const answer = await request.get('/api/ops/alerts/', { headers: { Authorization: `Bearer ${token}` } });
    const { rules } = (await answer.json()) as { rules: { name: string; state: string }[] };
    return rules.filter(({ name }) => ['database', 'readiness'].includes(name)).map(({ state }) => state);
  };
  await expect.poll(states, { message: 'what the rules see', timeout: 30_000 }).toEqual(['ok', 'ok']);
}

/**
 * Somebody meets an error, and the service is not ready any more: its database answers all the same, so
 * that everything can be done about it.
 */
export async function breakDown(server: Server, request: APIRequestContext): Promise<void> {
  await provokeError(server, request);
  server.sql('registry', 'DELETE FROM __diesel_schema_migrations');
}
