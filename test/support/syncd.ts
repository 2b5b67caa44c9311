import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startDaemon } from './cli.ts';
import type { InProcess, Ran } from './in-process.ts';
import type { ProcessOptions, ProcessResult, RunningProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';

export type ClientSettings = {
  /** A directory, or the keys of a source as they are written: `{ rclone: … }`. */
  readonly source: string | Readonly<Record<string, unknown>>;
  /** Names, or names with directories; by default they lie beside the configuration. */
  readonly backends: readonly string[] | Readonly<Record<string, string>>;
  /** More backends by name, with their keys as they are written: `{ rclone: … }`, `{ script: … }`. */
  readonly remotes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly poll?: string;
  readonly watch?: boolean;
  readonly minFree?: string;
  readonly listen?: string;
  /** as it is written */
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly restoreCheck?: Readonly<Record<string, unknown>>;
};

/** The document of `sync --json`. */
export type SyncedBackend = {
  readonly backend: string;
  readonly outcome: 'complete' | 'unverified' | 'nothing' | 'failed' | 'cancelled';
  readonly reason?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly sent: { readonly objects: number; readonly bytes: number };
  readonly published: readonly string[];
  readonly replans: number;
};

export type SyncResult = ProcessResult & { readonly backends: readonly SyncedBackend[] };

export type BackendStatus = {
  readonly backend: string;
  readonly state: string;
  readonly reason?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly isNotMounted?: boolean;
  readonly up?: boolean;
  readonly doing?: { readonly what: string };
  readonly snapshots?: number;
  readonly latestSnapshotId?: string;
  readonly missing?: readonly { readonly id: string }[];
  readonly baselineAt?: string;
  readonly lastContact?: string;
  readonly expectedBackAt?: string;
  readonly away?: readonly { readonly snapshots: number }[];
  readonly failures: number;
  readonly counters: {
    readonly syncs: number;
    readonly replans: number;
    readonly transferredObjects: number;
    readonly failures: Readonly<Record<string, number>>;
  };
};

export type ClientStatus = {
  readonly client: string;
  readonly severity: string;
  readonly configValid: boolean;
  readonly configError?: string;
  readonly source: {
    readonly state: string;
    readonly message?: string;
    readonly hint?: string;
    readonly snapshots?: number;
    readonly latestSnapshotId?: string;
    readonly lastScanAt?: string;
    readonly corrupt: readonly string[];
    readonly refused: readonly string[];
    readonly ignored?: number;
    readonly scans: number;
  };
  readonly backends: readonly BackendStatus[];
  readonly protection: {
    readonly copies?: number;
    readonly unreachableCopies?: number;
    readonly lostUnreplicated: number;
  };
};

/** A configuration of the real program with its places, in a temporary directory. */
export class Syncd {
  readonly directory: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly #clients = new Map<string, ReadonlyMap<string, string>>();
  readonly #commands = new Map<string, InProcess>();

  constructor(
    settings: Readonly<Record<string, unknown>> = {},
    directory: string = temporaryDirectory(),
  ) {
    this.directory = directory;
    this.configDir = join(directory, 'etc');
    this.stateDir = join(directory, 'state');
    this.runtimeDir = join(directory, 'run');
    mkdirSync(join(this.configDir, 'clients'), { recursive: true });
    this.writeDaemon(settings);
  }

  /** One client called `ahost`, its backends made. */
  static async create(settings: ClientSettings): Promise<Syncd> {
    const syncd = new Syncd();
    await syncd.addClient('ahost', settings);
    return syncd;
  }

  /** backup-syncd.yaml; JSON is YAML. The settings come first: where they are does not depend on the length of paths. */
  writeDaemon(settings: Readonly<Record<string, unknown>>): void {
    const { stateDir: stateDirectory, runtimeDir: runtimeDirectory } = this;
    const own = { listen: '127.0.0.1:0', stateDirectory, runtimeDirectory };
    const all = { ...settings, ...own, ...settings };
    writeFileSync(join(this.configDir, 'backup-syncd.yaml'), JSON.stringify(all));
  }

  clientFile(name: string): string {
    return join(this.configDir, 'clients', `${name}.yaml`);
  }

  writeClient(name: string, { source, backends, remotes = {}, ...settings }: ClientSettings): void {
    const named = Array.isArray(backends)
      ? (backends as readonly string[]).map(
          (backend) => [backend, join(this.directory, `${name}-${backend}`)] as const,
        )
      : Object.entries(backends as Readonly<Record<string, string>>);
    this.#clients.set(name, new Map(named));
    const { poll = '1s', watch = true, minFree = '0B', listen, expect, restoreCheck } = settings;
    const text = JSON.stringify({
      source: typeof source === 'string' ? { directory: source, poll, watch } : { poll, ...source },
      backends: [
        ...named.map(([backend, directory]) => ({ name: backend, directory, minFree })),
        ...Object.entries(remotes).map(([backend, keys]) => ({
          ...('script' in keys ? {} : { minFree }),
          name: backend,
          ...keys,
        })),
      ],
      ...(listen !== undefined && { listen }),
      ...(expect !== undefined && { expect }),
      ...(restoreCheck !== undefined && { restoreCheck }),
    });
    writeFileSync(this.clientFile(name), text);
  }

  removeClient(name: string): void {
    rmSync(this.clientFile(name));
  }

  /** Writes the client's file and makes its backends. */
  async addClient(name: string, settings: ClientSettings): Promise<void> {
    this.writeClient(name, settings);
    for (const backend of this.#clients.get(name)?.keys() ?? []) await this.init(backend, name);
  }

  // eslint-disable-next-line max-params -- as on the command line
  async init(
    backend: string,
    client = 'ahost',
    args: readonly string[] = [],
    options: ProcessOptions = {},
  ): Promise<string> {
    // in temporary directories all places are on one disk
    const all = ['backend', 'init', '--same-disk', client, backend, ...args];
    const { env = {}, ...others } = options;
    const isPlain =
      this.#isOurs() && Object.keys(others).length === 0 && Object.keys(env).every(isPath);
    const result = isPlain ? await this.here(all, env) : await this.cli(all, options);
    if (result.code !== 0) throw new Error(`backend init: ${result.stderr}${result.stdout}`);
    return result.stdout;
  }

  /** Whether commands need not become another user, whom this process would remain. */
  #isOurs(): boolean {
    return !existsSync(this.stateDir) || statSync(this.stateDir).uid === process.getuid?.();
  }

  /** Empties the state directory except for the identity of this machine, without which its backends refuse it. */
  forgetState(): void {
    for (const name of readdirSync(this.stateDir)) {
      if (name !== 'writer-id') rmSync(join(this.stateDir, name), { recursive: true });
    }
  }

  /** The directory of a backend. */
  backend(name: string, client = 'ahost'): string {
    const path = this.#clients.get(client)?.get(name);
    if (path === undefined) throw new Error(`no backend ${name} of ${client}`);
    return path;
  }

  environment(env: ProcessOptions['env'] = {}): NonNullable<ProcessOptions['env']> {
    return { BACKUP_SYNCD_CONFIG_DIR: this.configDir, ...env };
  }

  cli(
    args: readonly string[],
    options: ProcessOptions & { readonly timeoutMs?: number } = {},
  ): Promise<ProcessResult> {
    return runCli(args, { ...options, env: this.environment(options.env) });
  }

  /**
   * Runs a command in this process, through its context: for everything that does not depend on processes.
   *
   * @param env PATH, if anything
   */
  async here(args: readonly string[], env: ProcessOptions['env'] = {}): Promise<Ran> {
    const { InProcess } = await import('./in-process.ts');
    const key = JSON.stringify(env);
    const commands = this.#commands.get(key) ?? new InProcess(this.configDir, undefined, env);
    this.#commands.set(key, commands);
    return commands.run(...args);
  }

  /** `sync ahost`, by a daemon if one runs. */
  async sync(
    args: readonly string[] = ['ahost'],
    options: ProcessOptions & { readonly timeoutMs?: number } = {},
  ): Promise<SyncResult> {
    const result = await this.cli(['sync', '--json', ...args], { timeoutMs: 120_000, ...options });
    return { ...result, backends: parseSync(result.stdout) };
  }

  /** Runs a sync in this process. */
  async syncHere(
    args: readonly string[] = ['ahost'],
    env: ProcessOptions['env'] = {},
  ): Promise<Ran & Pick<SyncResult, 'backends'>> {
    const result = await this.here(['sync', '--json', ...args], env);
    return { ...result, backends: parseSync(result.stdout) };
  }

  /** A daemon, once it listens. */
  async start(
    args: readonly string[] = ['run'],
    options: ProcessOptions = {},
  ): Promise<SyncDaemon> {
    return SyncDaemon.of(startDaemon(args, { ...options, env: this.environment(options.env) }));
  }
}

/** Standard error without the lines that a pass of some seconds writes. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^\S+ → \S+: \w+ \d+% of .*\n/gm, '');
}

function isPath(variable: string): boolean {
  return variable === 'PATH';
}

function parseSync(stdout: string): SyncedBackend[] {
  if (!stdout.startsWith('{')) return [];
  const { clients } = JSON.parse(stdout) as { clients: { syncs: SyncedBackend[] }[] };
  return clients.flatMap(({ syncs }) => syncs);
}

export class SyncDaemon {
  readonly process: RunningProcess;
  readonly url: string;

  constructor(process: RunningProcess, url: string) {
    this.process = process;
    this.url = url;
  }

  /** A daemon that was just started, once it listens. */
  static async of(process: RunningProcess): Promise<SyncDaemon> {
    const line = await process.waitForLine(/page and metrics at/, 90_000);
    const url = /page and metrics at (http:[^"\s]+)/.exec(line)?.[1] ?? '';
    return new SyncDaemon(process, url.replace(/\/$/, ''));
  }

  async get(path: string, timeoutMs = 30_000): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
    return response.text();
  }

  async clients(): Promise<readonly ClientStatus[]> {
    const document = JSON.parse(await this.get('/api/status')) as { clients: ClientStatus[] };
    return document.clients;
  }

  async client(name = 'ahost'): Promise<ClientStatus> {
    const found = (await this.clients()).find(({ client }) => client === name);
    if (found === undefined) throw new Error(`/api/status has no client ${name}`);
    return found;
  }

  async backend(name: string, client = 'ahost'): Promise<BackendStatus> {
    const found = (await this.client(client)).backends.find(({ backend }) => backend === name);
    if (found === undefined) throw new Error(`/api/status has no backend ${name} of ${client}`);
    return found;
  }

  /** One value of /metrics, by its name without prefix and (some of) its labels; undefined when absent. */
  async metric(
    name: string,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<number | undefined> {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const line = (await this.get('/metrics'))
      .split('\n')
      .filter(
        (candidate) => /[{ ]/.exec(candidate.slice(`backup_syncd_${name}`.length))?.index === 0,
      )
      .filter((candidate) => candidate.startsWith(`backup_syncd_${name}`))
      .find((candidate) => wanted.every((label) => candidate.includes(label)));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  /** Waits until the backend is as `isSo` says. */
  async until(
    backend: string,
    isSo: (status: BackendStatus) => boolean,
    { client = 'ahost', timeoutMs = 90_000 } = {},
  ): Promise<BackendStatus> {
    let last: BackendStatus | undefined;
    try {
      return await waitFor(
        async () => {
          last = await this.backend(backend, client);
          return isSo(last) ? last : undefined;
        },
        { what: `backend ${backend} of ${client}`, timeoutMs },
      );
    } catch (error) {
      throw new Error(`${String(error)}: ${JSON.stringify(last)}\n${this.process.stderr()}`, {
        cause: error,
      });
    }
  }

  /** Waits until a snapshot, or this many of them, are complete at a backend. */
  async untilComplete(
    backend: string,
    wanted: string | number,
    options: { readonly client?: string; readonly timeoutMs?: number } = {},
  ): Promise<BackendStatus> {
    return this.until(
      backend,
      ({ latestSnapshotId, snapshots, missing }) =>
        (typeof wanted === 'number' ? snapshots === wanted : latestSnapshotId === wanted) &&
        missing?.length === 0,
      options,
    );
  }

  /** Waits for this many more polls of the source, after which the effects of the next poll are done. */
  async untilPolled(times: number, client = 'ahost'): Promise<void> {
    const { scans } = (await this.client(client)).source;
    await this.untilSource((source) => source.scans >= scans + times, { client });
  }

  async untilSource(
    isSo: (source: ClientStatus['source']) => boolean,
    { client = 'ahost', timeoutMs = 90_000 } = {},
  ): Promise<ClientStatus['source']> {
    let last: ClientStatus['source'] | undefined;
    try {
      return await waitFor(
        async () => {
          last = (await this.client(client)).source;
          return isSo(last) ? last : undefined;
        },
        { what: `the source of ${client}`, timeoutMs },
      );
    } catch (error) {
      throw new Error(`${String(error)}: ${JSON.stringify(last)}\n${this.process.stderr()}`, {
        cause: error,
      });
    }
  }
}
