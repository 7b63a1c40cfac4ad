// A small disk of its own. Only root may mount one; to others a test says that it was skipped.

import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Disk {
  private constructor(readonly path: string) {}

  /** An empty tmpfs, if this user may mount one. */
  static async mount(): Promise<Disk | undefined> {
    const path = await mkdtemp(join(tmpdir(), 'agent-source-db-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]);
    } catch {
      await rmdir(path);
      return undefined;
    }
    return new Disk(path);
  }

  /** Refused by the kernel while a file on it is open for writing. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    await run('mount', ['-o', isReadOnly ? 'remount,ro' : 'remount,rw', this.path]);
  }

  async dispose(): Promise<void> {
    // Who still holds a file on it keeps that, and nobody finds it any more.
    await run('umount', ['--lazy', this.path]);
    await rmdir(this.path);
  }
}
