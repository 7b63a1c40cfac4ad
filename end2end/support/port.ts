// A port that nobody listens on.

import { once } from 'node:events';
import { createServer } from 'node:net';

/** For whoever can't choose one by itself, or has to name it before. */
export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
