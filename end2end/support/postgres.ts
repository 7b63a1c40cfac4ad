// A PostgreSQL of the test's own, to be stopped and started while the service uses it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freePort } from './port.ts';

/** PostgreSQL refuses to run as root: then it runs as this user, `nobody` nearly everywhere. */
const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;

export class Postgres {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly programs: string,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Postgres> {
    const programs = process.env.TEST_POSTGRES_BIN;
    if (!programs) {
      throw new Error('TEST_POSTGRES_BIN names no PostgreSQL: run the tests by `make test` or `cargo xtask e2e`');
    }
    const directory = await mkdtemp(join(tmpdir(), 'agent-source-db-postgres-'));
    if (isRoot) await chown(directory, UNPRIVILEGED, UNPRIVILEGED);
    const postgres = new Postgres(programs, directory, await freePort());
    try {
      await postgres.initialise();
      await postgres.run();
    } catch (error) {
      await postgres.dispose();
      throw error;
    }
    return postgres;
  }

  /** For `DATABASE_URL`. */
  get url(): string {
    return `postgres://registry@127.0.0.1:${this.port}/postgres`;
  }

  /** Ends it as a crash of its machine would: at once, connections and all. */
  async stop(): Promise<void> {
    const child = this.process;
    if (!child || !this.isRunning) return;
    const exited = once(child, 'exit');
    child.kill('SIGQUIT');
    await exited;
  }

  /** All its processes stand still: connections stay open, and nothing answers. */
  async freeze(): Promise<void> {
    await this.signalAll('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.signalAll('SIGCONT');
  }

  /** Starts again where it stopped: same port, same data. */
  async restart(): Promise<void> {
    await this.run();
  }

  async dispose(): Promise<void> {
    await this.thaw();
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private get isRunning(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  private async signalAll(signal: NodeJS.Signals): Promise<void> {
    const main = this.process?.pid;
    if (main === undefined || !this.isRunning) return;
    // The main one first: frozen, it starts no more of them.
    process.kill(main, signal);
    const children = await readFile(`/proc/${main}/task/${main}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean)) {
      try {
        process.kill(Number(child), signal);
      } catch (error) {
        // A session that ended between the listing and the signal needs none.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  private spawn(program: string, options: string[]): ChildProcess {
    return spawn(join(this.programs, program), ['-D', join(this.directory, 'data'), ...options], {
      cwd: this.directory,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(isRoot && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
    });
  }

  private async initialise(): Promise<void> {
    const options = ['--username=registry', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
    const child = this.spawn('initdb', options);
    child.stderr?.resume();
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`initdb ended with ${code}`);
  }

  private async run(): Promise<void> {
    const child = this.spawn('postgres', [
      ...['-p', String(this.port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      ...['-c', 'fsync=off'],
    ]);
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      if (child.stderr) {
        createInterface({ input: child.stderr }).on('line', (line) => {
          said += `${line}\n`;
          if (line.includes('ready to accept connections')) resolve();
        });
      }
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`PostgreSQL ended: ${code ?? signal}\n${said}`)));
    });
  }
}
