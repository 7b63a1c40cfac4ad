// Lines for `error.log`: what on-call comes to read.

import { expect, type APIRequestContext } from '@playwright/test';

import { ADMIN, type Server } from './server.ts';

/** Appends a line as the service itself writes them. */
export async function appendError(server: Server, message: string, fields: Record<string, unknown> = {}): Promise<void> {
  const line = { timestamp: new Date().toISOString(), level: 'ERROR', logger: 'end2end', message, ...fields };
  await server.appendLog('error.log', `${JSON.stringify(line)}\n`);
}

/**
 * Makes the service fail for real: somebody signs in while the users' table is not there. Returns
 * the id under which the error was logged.
 */
export async function provokeError(server: Server, request: APIRequestContext): Promise<string> {
  server.sql('registry', 'ALTER TABLE users RENAME TO users_elsewhere');
  try {
    const response = await request.post(`${server.baseURL}/admin/login/`, { form: ADMIN });
    expect(response.status()).toBe(500);
    const id = response.headers()['x-error-id'] ?? '';
    expect(id).toMatch(/^[0-9A-F]{8}$/);
    return id;
  } finally {
    server.sql('registry', 'ALTER TABLE users_elsewhere RENAME TO users');
  }
}

/** Makes the service fail for real, and heals it. */
export async function failAt(server: Server, path: string, ids: string[]): Promise<void> {
  server.sql('registry', 'ALTER TABLE namespaces RENAME COLUMN description TO something_else');
  try {
    for (const id of ids) {
      const headers = { 'x-request-id': id };
      const response = await fetch(new URL(path, server.baseURL), { headers });
      expect(response.status).toBe(500);
    }
  } finally {
    server.sql('registry', 'ALTER TABLE namespaces RENAME COLUMN something_else TO description');
  }
}
