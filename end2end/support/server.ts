// A real server of the test's own: its process, its port, its databases, its logs, in a directory
// that goes away with it.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { DatabaseSync } from '@photostructure/sqlite';

export const ADMIN = { username: 'ada', password: 'correct horse battery staple' };

/** Generous: a debug build on a machine that is busy with other tests. */
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 40_000;
/** What it says on its way. */
const LISTENING = /listening on (http:\/\/\S+)/;
const READY = /ready: the registry's database is up to date/;

export type Environment = Record<string, string>;
/** How far a start is waited for: with its database down, a server listens and is not ready. */
export type Phase = 'ready' | 'listening';
type Value = string | number | bigint | null;

export class Server {
  /** As printed by the process: `http://127.0.0.1:<port>`; stays the same across restarts. */
  baseURL = '';
  /** What the processes wrote to stdout and stderr, one after the other. */
  output = '';

  private process: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    private readonly environment: Environment,
  ) {}

  /** Starts a server on a free port and an empty directory; resolves when it is ready. */
  static async start(environment: Environment = {}): Promise<Server> {
    const directory = await mkdtemp(join(await roomy(), 'agent-source-db-'));
    const server = new Server(directory, environment);
    try {
      await server.run('127.0.0.1:0', 'ready');
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get logDir(): string {
    return join(this.directory, 'logs');
  }

  get isRunning(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** SIGTERM, as an operator would; resolves to the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** SIGKILL: no chance to tidy up. */
  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops the process where it is: connections stay open, and nothing answers. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Starts again where it stopped: same port, databases, logs. */
  async restart(phase: Phase = 'ready'): Promise<void> {
    if (this.isRunning) {
      throw new Error('the server is still running');
    }
    await this.run(new URL(this.baseURL).host, phase);
  }

  /** Adds to a log from outside, as if the process had written it. */
  async appendLog(file: 'app.log' | 'access.log' | 'error.log' | 'db.log', text: string): Promise<void> {
    await appendFile(join(this.logDir, file), text);
  }

  /**
   * Runs a statement on a database from outside, as another replica would.
   * Returns the rows of a query, and none for anything else.
   */
  sql(database: 'registry' | 'ops', statement: string, ...values: Value[]): Record<string, unknown>[] {
    const connection = this.open(database);
    try {
      return connection.prepare(statement).all(...values) as Record<string, unknown>[];
    } finally {
      connection.close();
    }
  }

  /** Nobody else can write to the database until the returned function is called. */
  lock(database: 'registry' | 'ops'): () => void {
    const connection = this.open(database);
    connection.exec('BEGIN EXCLUSIVE');
    return () => connection.close();
  }

  private open(database: 'registry' | 'ops') {
    const file = database === 'registry' ? 'agent-source-db.sqlite3' : 'ops.sqlite3';
    const connection = new DatabaseSync(join(this.directory, 'data', file));
    connection.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
    return connection;
  }

  /** Runs a subcommand on the service's host, in its directory and with its environment. */
  async command(...args: string[]): Promise<string> {
    const options = { cwd: this.directory, env: { PATH: process.env.PATH, ...this.environment } };
    const { stdout } = await promisify(execFile)(binary(), args, options);
    return stdout.trim();
  }

  /** Ends the process, if it runs, and removes all it left. */
  async dispose(): Promise<void> {
    await this.kill9();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async run(address: string, phase: Phase): Promise<void> {
    const child = spawn(binary(), ['serve'], {
      cwd: this.directory,
      // Only what is given here: a developer's own settings must not decide a test.
      env: {
        PATH: process.env.PATH,
        LISTEN_ADDR: address,
        ADMIN_USERNAME: ADMIN.username,
        ADMIN_PASSWORD: ADMIN.password,
        // A machine that is slow today must not add warnings to what a test sees.
        SLOW_QUERY_MS: '60000',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    try {
      this.baseURL = await this.until(phase, child);
    } catch (cause) {
      throw new Error(`the server did not start; it said:\n${this.output}`, { cause });
    }
  }

  /**
   * Listens to what the process says until it has come that far; returns the address. Asking for
   * its health instead would leave traces in the log.
   */
  private until(phase: Phase, child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      let address = '';
      let isReady = false;
      const hear = (line: string) => {
        this.output += `${line}\n`;
        address ||= LISTENING.exec(line)?.[1] ?? '';
        isReady ||= READY.test(line);
        if (address !== '' && (isReady || phase === 'listening')) resolve(address);
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', hear);
      }
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`it ended: ${code ?? signal}`)));
      const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
      timeout.addEventListener('abort', () => reject(timeout.reason));
    });
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.process;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

function binary(): string {
  const named = process.env.SERVER_BIN;
  if (!named) {
    throw new Error('SERVER_BIN names no server: run the tests by `make test` or `cargo xtask e2e`');
  }
  return named;
}

/** Where there is room: a disk that is almost full is something that the desk tells of. */
async function roomy(): Promise<string> {
  for (const directory of [tmpdir(), '/dev/shm']) {
    const disk = await statfs(directory).catch(() => undefined);
    if (disk && disk.bavail > (disk.blocks - disk.bfree) * 0.5) return directory;
  }
  return tmpdir();
}
