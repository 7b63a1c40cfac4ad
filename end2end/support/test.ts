// `test` with a server for each test and a browser whose console must stay empty. Specs import
// `test` and `expect` from here, never from Playwright.

import { expect, test as base, type ConsoleMessage } from '@playwright/test';

import { Disk } from './disk.ts';
import { Postgres } from './postgres.ts';
import { ADMIN, Server, type Environment } from './server.ts';
import { Sink } from './sink.ts';
import { SlowLink } from './slow-link.ts';

type Options = {
  /** Variables for this test's server, over the defaults. */
  environment: Environment;
};

type Fixtures = {
  server: Server;
  /** A database for whoever puts its URL into `environment`. */
  postgres: Postgres;
  /** A link to that database that can be made slow; its URL goes into `environment`. */
  slowLink: SlowLink;
  /** Somebody to tell, for whoever puts its URL into `environment`. */
  sink: Sink;
  /** A disk for whoever puts a path on it into `environment`. Its test is skipped where it can't be had. */
  disk: Disk;
  /**
   * What the console may say in this test besides nothing. Push patterns before provoking them,
   * such as a refused connection while the server is down.
   */
  allowedNoise: RegExp[];
};

export const test = base.extend<Options & Fixtures>({
  environment: [{}, { option: true }],

  postgres: async ({}, use) => {
    const postgres = await Postgres.start();
    await use(postgres);
    await postgres.dispose();
  },

  slowLink: async ({ postgres }, use) => {
    const link = await SlowLink.to(postgres.url);
    await use(link);
    await link.dispose();
  },

  sink: async ({}, use) => {
    const sink = await Sink.start();
    await use(sink);
    await sink.dispose();
  },

  disk: async ({}, use, info) => {
    const disk = await Disk.mount();
    info.skip(disk === undefined, 'only root may mount a disk');
    if (disk) {
      await use(disk);
      await disk.dispose();
    }
  },

  server: async ({ environment }, use, info) => {
    const server = await Server.start(environment);
    await use(server);
    if (info.status !== info.expectedStatus) {
      await info.attach('server output', { body: server.output, contentType: 'text/plain' });
    }
    await server.dispose();
  },

  baseURL: async ({ server }, use) => {
    await use(server.baseURL);
  },

  allowedNoise: async ({}, use) => {
    await use([]);
  },

  // A hydration that goes wrong says so on the console and nowhere else.
  context: async ({ context, allowedNoise, javaScriptEnabled }, use) => {
    const noise: string[] = [];
    const allowed = [
      allowedNoise,
      // A page that is left takes its questions with it.
      [/net::ERR_ABORTED$/],
      // Where no script runs, what was loaded for it ahead is not used.
      javaScriptEnabled ? [] : [/using link preload but not used/, /\.js: csp$/],
    ];
    const hear = (text: string) => {
      if (!allowed.flat().some((pattern) => pattern.test(text))) noise.push(text);
    };
    context.on('console', (message) => {
      if (isTrouble(message)) hear(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => hear(`uncaught: ${error.error().message}`));
    context.on('requestfailed', (request) => {
      hear(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
    });
    await use(context);
    expect(noise, 'the console stays empty').toEqual([]);
  },
});

export { ADMIN, expect };

function isTrouble(message: ConsoleMessage): boolean {
  return ['error', 'warning', 'assert'].includes(message.type());
}
