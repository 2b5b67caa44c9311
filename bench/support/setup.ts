import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timeProgram } from './measure.ts';

export interface ClientSetup {
  readonly name: string;
  readonly source: string;
  /** directories, or remotes of rclone, by name */
  readonly backends: Readonly<Record<string, string>>;
}

interface SetupOptions {
  readonly program: string;
  readonly directory: string;
  readonly clients: readonly ClientSetup[];
  readonly poll: string;
  readonly watch?: boolean;
  /** more keys of each backend, as they are written */
  readonly keys?: Readonly<Record<string, string>>;
  /** the file with the password of each source */
  readonly passwordFile?: string;
  /** more keys of each client, as they are written */
  readonly clientKeys?: Readonly<Record<string, string>>;
  /** by default that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

/** A configuration directory with its clients, and the program that is measured on it. */
export class Setup {
  readonly program: string;
  readonly globals: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  private readonly directory: string;
  private readonly poll: string;
  private readonly watch: boolean;
  private readonly all: readonly ClientSetup[];
  private readonly options: SetupOptions;

  constructor(options: SetupOptions) {
    this.options = options;
    this.env = options.env ?? process.env;
    this.program = options.program;
    this.directory = options.directory;
    this.all = options.clients;
    this.poll = options.poll;
    this.watch = options.watch ?? false;
    this.globals = ['--config-dir', join(this.directory, 'etc')];
    this.write({ listen: '127.0.0.1:10987' });
  }

  get clients(): number {
    return this.all.length;
  }

  /** backends of all clients */
  get places(): number {
    return this.all.reduce((sum, { backends }) => sum + Object.keys(backends).length, 0);
  }

  write({ listen }: { readonly listen: string }): void {
    const etc = join(this.directory, 'etc');
    mkdirSync(join(etc, 'clients'), { recursive: true });
    writeFileSync(
      join(etc, 'backup-syncd.yaml'),
      `listen: ${listen}\nstateDirectory: ${this.directory}/state\nruntimeDirectory: ${this.directory}/run\n`,
    );
    for (const client of this.all) {
      writeFileSync(join(etc, 'clients', `${client.name}.yaml`), this.describe(client));
    }
  }

  socketOf(client: string): string {
    return join(this.directory, 'run', `${client}.sock`);
  }

  /** Makes every backend one, and brings it to its baseline; `adopt` what was put there beforehand. */
  async initialise({ adopt }: { readonly adopt: boolean }): Promise<void> {
    await this.run(['backend', 'init', '--all', '--same-disk', ...(adopt ? ['--adopt'] : [])]);
  }

  /** Runs the program to its end; milliseconds. */
  async run(args: readonly string[]): Promise<number> {
    const all = [this.program, ...this.globals, ...args];
    const { ms } = await timeProgram(process.execPath, all, this.env);
    return ms;
  }

  /** The same with other keys. */
  with(keys: Readonly<Record<string, string>>): Setup {
    return new Setup({ ...this.options, keys });
  }

  private describeKeys(): string {
    const { keys = {} } = this.options;
    return Object.entries(keys)
      .map(([key, value]) => `, ${key}: ${value}`)
      .join('');
  }

  private describe({ source, backends }: ClientSetup): string {
    const entries = Object.entries(backends).map(
      ([name, place]) =>
        `  - { name: ${name}, ${kindOf(place)}: "${place}", minFree: 1MiB${this.describeKeys()} }`,
    );
    const { passwordFile, clientKeys = {} } = this.options;
    const password = passwordFile === undefined ? '' : `, password: { file: "${passwordFile}" }`;
    return [
      `source: { directory: "${source}", poll: ${this.poll}, watch: ${String(this.watch)}${password} }`,
      ...Object.entries(clientKeys).map(([key, value]) => `${key}: ${value}`),
      `expect: { snapshotEvery: off, copies: ${entries.length + 1} }`,
      'backends:',
      ...entries,
      '',
    ].join('\n');
  }
}

function kindOf(place: string): 'directory' | 'rclone' {
  return place.startsWith('/') ? 'directory' : 'rclone';
}
