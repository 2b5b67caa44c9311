import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';
import { InProcess, type Ran, type RunningDaemon } from './in-process.ts';
import { resticPassword } from './restic.ts';
import { Syncd, type ClientSettings } from './syncd.ts';
import { pathWith, type Generation } from './tools.ts';

/** A restore check in the document of `restore-check --json`. */
export interface CheckDocument {
  readonly client: string;
  readonly place: string;
  readonly outcome: 'ok' | 'failed' | 'inconclusive';
  readonly snapshot: string;
  readonly files: number;
  readonly reason?: string;
  readonly message?: string;
  readonly hint?: string;
}

export interface RestoreSiteOptions extends Partial<ClientSettings> {
  readonly generation: Generation;
  /** the path of the source */
  readonly source: string;
  readonly password?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** Client `ahost` with a password, whose restores are checked by commands in this process. */
export class RestoreSite {
  readonly syncd = new Syncd();
  readonly passwordFile: string;
  private readonly options: RestoreSiteOptions;
  private readonly commands: InProcess;

  constructor(options: RestoreSiteOptions) {
    this.options = options;
    this.passwordFile = join(this.syncd.directory, 'password');
    writeFileSync(this.passwordFile, options.password ?? resticPassword, { mode: 0o600 });
    this.configure({});
    const env = { PATH: pathWith(options.generation), ...options.env };
    this.commands = new InProcess(this.syncd.configDir, options.clock ?? systemClock, env);
  }

  /** A site whose backends are made, and hold everything. */
  static async synced(options: RestoreSiteOptions): Promise<RestoreSite> {
    const site = new RestoreSite(options);
    const { backends = ['nas'], remotes = {} } = options;
    for (const backend of [...(backends as readonly string[]), ...Object.keys(remotes)])
      await site.must('backend', 'init', '--same-disk', 'ahost', backend);
    await site.must('sync', 'ahost');
    return site;
  }

  configure(restoreCheck: Readonly<Record<string, unknown>>): void {
    const { source: directory, backends = ['nas'], ...rest } = this.options;
    const source = { directory, password: { file: this.passwordFile } };
    this.syncd.writeClient('ahost', { backends, ...rest, source, restoreCheck });
  }

  run(...args: readonly string[]): Promise<Ran> {
    return this.commands.run(...args);
  }

  /** A daemon in this process, once it listens. */
  daemon(): Promise<RunningDaemon> {
    return this.commands.daemon();
  }

  /** Runs `restore-check ahost --json`, and returns its exit code and its output. */
  async check(
    ...args: readonly string[]
  ): Promise<CheckDocument & { readonly code: number; readonly said: string }> {
    const { code, stdout, stderr } = await this.run('restore-check', 'ahost', '--json', ...args);
    if (!stdout.startsWith('{')) throw new Error(`restore-check: ${code}\n${stderr}`);
    const [check] = (JSON.parse(stdout) as { checks: [CheckDocument] }).checks;
    return { ...check, code, said: stderr };
  }

  /** The restored files that are left. */
  leftovers(directory = join(this.syncd.stateDir, 'restore-check')): string[] {
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** Whether the password is in the state. */
  hasToldPassword(): boolean {
    const files = readdirSync(this.syncd.stateDir, { withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const { password = resticPassword } = this.options;
    return files.some(({ name }) =>
      readFileSync(join(this.syncd.stateDir, name), 'latin1').includes(password),
    );
  }

  private async must(...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${code}\n${stdout}${stderr}`);
  }
}
