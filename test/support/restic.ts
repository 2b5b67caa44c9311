import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cheapenKey } from './cheap-key.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess } from './process.ts';
import { changeTree, createTree } from './sample-data.ts';
import { temporaryDirectory } from './temp.ts';
import { tool, toolsDirectory, toolVersion, type Generation } from './tools.ts';

export const resticPassword = 'correct horse battery staple';

export type ResticOptions = {
  readonly generation: Generation;
  /** A directory, … */
  readonly path?: string;
  /** … or anything else that restic takes as a repository: `rest:http://…`, `s3:http://…`. */
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly password?: string;
  /** `--no-lock` on the verbs that only read. */
  readonly noLock?: boolean;
};

export type ResticSnapshot = {
  readonly id: string;
  readonly short_id: string;
  readonly time: string;
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly tags?: readonly string[];
};

export type BackupOptions = {
  readonly tags?: readonly string[];
  readonly host?: string;
  /** As restic takes it: `2024-05-06 07:08:09`. */
  readonly time?: string;
};

/** A repository, and the real restic of a generation to work on it. What restic refuses to do throws its output. */
export class ResticRepository {
  readonly generation: Generation;
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #noLock: boolean;

  private constructor({ generation, path, url, env, password, noLock }: ResticOptions) {
    const repository = path ?? url;
    if (repository === undefined) throw new Error('a path or a url is needed');
    this.generation = generation;
    this.url = repository;
    this.#noLock = noLock ?? false;
    this.#env = {
      ...env,
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: password ?? resticPassword,
    };
  }

  /** Makes a new repository. @param args more of `restic init` */
  static async create(
    options: ResticOptions,
    args: readonly string[] = [],
  ): Promise<ResticRepository> {
    const repository = new ResticRepository(options);
    await repository.run(['init', ...args]);
    if (options.path !== undefined) cheapenKey(options.path, options.password ?? resticPassword);
    return repository;
  }

  /** One that is there already, such as a replica. */
  static open(options: ResticOptions): ResticRepository {
    return new ResticRepository(options);
  }

  /** Backs up the content of a directory, at the root of the snapshot; returns the snapshot's full id. */
  async backup(directory: string, { tags = [], host, time }: BackupOptions = {}): Promise<string> {
    const args = [
      ...['backup', '.', '--json', '--force'],
      ...tags.flatMap((tag) => ['--tag', tag]),
      ...(host === undefined ? [] : ['--host', host]),
      ...(time === undefined ? [] : ['--time', time]),
    ];
    const { stdout } = await this.run(args, { cwd: directory });
    const id = /"snapshot_id":"([0-9a-f]+)"/.exec(stdout)?.[1];
    if (id === undefined) throw new Error(`restic backup named no snapshot:\n${stdout}`);
    if (id.length === 64) return id;
    const found = (await this.snapshots()).find((snapshot) => snapshot.id.startsWith(id)); // 0.14
    return found?.id ?? id;
  }

  /** `restic forget`, with snapshot ids or options such as `--keep-last 1`. */
  async forget(args: readonly string[]): Promise<void> {
    await this.run(['forget', ...args]);
  }

  async prune(args: readonly string[] = []): Promise<void> {
    await this.run(['prune', ...args]);
  }

  async addKey(password: string): Promise<void> {
    const file = join(temporaryDirectory(), 'password');
    writeFileSync(file, password);
    await this.run(['key', 'add', '--new-password-file', file]);
  }

  /** The key that a password opens. */
  async removeKeyOf(password: string): Promise<void> {
    const { generation, url } = this;
    const other = ResticRepository.open({ generation, url, password, env: this.#env });
    const { stdout } = await other.run(['key', 'list', '--json']);
    const keys = JSON.parse(stdout) as { id: string; current: boolean }[];
    await this.run(['key', 'remove', keys.find(({ current }) => current)?.id ?? '']);
  }

  /** `restic tag`, which writes each snapshot again under another id: `--add x ID`. */
  async tag(args: readonly string[]): Promise<void> {
    await this.run(['tag', ...args]);
  }

  /**
   * Never throws for what restic finds. restic 0.14 asks up to ten times, with growing pauses, for each missing pack that
   * holds a tree: a minute and more.
   */
  async check({ readData = false } = {}): Promise<{ ok: boolean; output: string }> {
    const args = ['check', ...(readData ? ['--read-data'] : []), ...this.#lockOption()];
    const { code, stdout, stderr } = await this.tryRun(args, { timeoutMs: 300_000 });
    return { ok: code === 0, output: stdout + stderr };
  }

  /** Restores a snapshot, by default the newest, into a directory, which then equals the one backed up. */
  async restore(destination: string, snapshot = 'latest'): Promise<void> {
    await this.run(['restore', snapshot, '--target', destination, ...this.#lockOption()]);
  }

  /** Oldest first. */
  async snapshots(): Promise<ResticSnapshot[]> {
    const { stdout } = await this.run(['snapshots', '--json', ...this.#lockOption()]);
    const snapshots = (JSON.parse(stdout) ?? []) as ResticSnapshot[];
    return snapshots.sort((a, b) => a.time.localeCompare(b.time));
  }

  /** Any other verb. Throws when restic fails. */
  async run(
    args: readonly string[],
    options: { readonly cwd?: string; readonly timeoutMs?: number } = {},
  ): Promise<ProcessResult> {
    const result = await this.tryRun(args, options);
    if (result.code === 0) return result;
    const { code, signal, stdout, stderr } = result;
    throw new Error(`restic ${args.join(' ')}: ${code ?? signal ?? ''}\n${stdout}${stderr}`);
  }

  /** Runs restic without judging its exit code. */
  tryRun(
    args: readonly string[],
    options: { readonly cwd?: string; readonly timeoutMs?: number } = {},
  ): Promise<ProcessResult> {
    return runProcess(tool('restic', this.generation), [...args, '--no-cache'], {
      ...options,
      env: this.#env,
    });
  }

  /** A restic that goes on while the test does something else. */
  start(args: readonly string[], options: { readonly cwd?: string } = {}): RunningProcess {
    return startProcess(tool('restic', this.generation), [...args, '--no-cache'], {
      ...options,
      env: this.#env,
    });
  }

  #lockOption(): string[] {
    return this.#noLock ? ['--no-lock'] : [];
  }
}

export type SeededRepository = {
  readonly repository: ResticRepository;
  /** Where the repository is. */
  readonly path: string;
  /** The directory as it was at the newest snapshot. */
  readonly data: string;
};

const seedRevision = 2;

/**
 * A repository in a temporary directory with two snapshots of a small tree (about 1 MB). It is made once per machine,
 * kept with the tools, and copied: quicker than `restic init`, and with the same ids every time.
 */
export async function seedRepository(generation: Generation): Promise<SeededRepository> {
  const version = toolVersion('restic', generation);
  const seed = join(toolsDirectory, 'cache', `seed-${seedRevision}-${generation}-${version}`);
  if (!existsSync(seed)) await createSeed(seed, generation);
  const copy = temporaryDirectory();
  await cp(seed, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const path = join(copy, 'repository');
  const repository = ResticRepository.open({ generation, path });
  return { repository, path, data: join(copy, 'data') };
}

async function createSeed(seed: string, generation: Generation): Promise<void> {
  mkdirSync(dirname(seed), { recursive: true });
  const temporary = mkdtempSync(`${seed}.new-`);
  try {
    const path = join(temporary, 'repository');
    const data = join(temporary, 'data');
    const repository = await ResticRepository.create({ generation, path });
    createTree(data);
    await repository.backup(data, { host: 'ahost', time: '2024-05-06 07:08:09' });
    changeTree(data);
    await repository.backup(data, { host: 'ahost', time: '2024-05-07 07:08:09', tags: ['second'] });
    if (!existsSync(seed)) renameSync(temporary, seed);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Changes the files that a repository backs up, and backs them up. Returns the id of the new snapshot. */
export async function newBackup(
  { repository, data }: { repository: ResticRepository; data: string },
  seed: number,
): Promise<string> {
  changeTree(data, { seed });
  return repository.backup(data);
}
