import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { mount } from '../../support/bind-mount.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { mainFile } from '../../support/cli.ts';
import { InProcess, type Ran } from '../../support/in-process.ts';
import { unmountLazily } from '../../support/mounts.ts';
import { runProcess, startProcess, type RunningProcess } from '../../support/process.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { quickened, shortenedRules } from '../../support/quick-alerts.ts';
import { ResticRepository, seedRepository } from '../../support/restic.ts';
import { changeTree } from '../../support/sample-data.ts';
import { Syncd, SyncDaemon, type ClientSettings } from '../../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../../support/temp.ts';
import { mountTmpfs } from '../../support/tmpfs.ts';
import { WrongClock } from '../../support/wrong-clock.ts';

const MIB = 2 ** 20;

/** How much must stay free at a backend; the full disk has less. */
const MIN_FREE = 10 * MIB;
const LEFT = 4 * MIB;

export const CLIENTS = ['db', 'mail', 'web'] as const;
export type ClientName = (typeof CLIENTS)[number];

/**
 * A backup server as the documents describe it, below one directory: three clients, each with a source and two backends,
 * sources and backends on a disk each that can be taken away, one daemon, and a Prometheus with an Alertmanager that
 * watch it.
 */
export class Site {
  readonly root: string;
  readonly syncd: Syncd;
  readonly clock = new WrongClock();
  private readonly commands: InProcess;
  /** `host:port` */
  readonly address: string;
  daemon!: SyncDaemon;
  log!: RunningProcess;
  alertmanager!: string;
  private snapshots = 0;
  private readonly data = new Map<ClientName, string>();
  private readonly disks = new Map<string, string>();

  private constructor(address: string) {
    this.root = temporaryDirectory();
    this.address = address;
    this.syncd = new Syncd({ listen: address }, this.root);
    this.commands = new InProcess(this.syncd.configDir, this.clock.clock);
  }

  /** With everything complete in all places, and Prometheus watching. */
  static async open(): Promise<Site> {
    const site = new Site(`127.0.0.1:${await freePort()}`);
    await site.addDisk('state', 8 * MIB);
    await site.addDisk('backups', 64 * MIB);
    await site.addDisk('mnt/nas', 256 * MIB);
    await site.addDisk('mnt/usb', 64 * MIB);
    for (const client of CLIENTS) await site.addClient(client);
    await site.startDaemon();
    for (const client of CLIENTS) await site.untilComplete(client);
    const { address } = await startAlertmanager('newest', quickened());
    site.alertmanager = address;
    await startPrometheus({
      generation: 'newest',
      rules: shortenedRules('500ms', '500ms'),
      every: '500ms',
      targets: [{ address: site.address }],
      alertmanager: address,
    });
    return site;
  }

  at(path: string): string {
    return join(this.root, path);
  }

  source(client: ClientName): string {
    return this.at(`backups/${client}`);
  }

  replica(client: ClientName, backend: 'nas' | 'usb'): string {
    return this.at(`mnt/${backend}/${client}`);
  }

  settings(client: ClientName): ClientSettings {
    return {
      source: this.source(client),
      backends: { nas: this.replica(client, 'nas'), usb: this.replica(client, 'usb') },
      minFree: `${MIN_FREE / MIB}MiB`,
      expect: { copies: 3 },
    };
  }

  /** Makes a backup as the client does; returns the id of the snapshot. */
  async backup(client: ClientName): Promise<string> {
    const data = this.data.get(client) ?? '';
    this.snapshots += 1;
    changeTree(data, { seed: this.snapshots, files: 3 });
    return this.repository(client).backup(data, { host: client });
  }

  repository(client: ClientName): ResticRepository {
    return ResticRepository.open({ generation: 'newest', path: this.source(client) });
  }

  /** Replaces a source by a new repository, by renames, because a check of half a repository would find it damaged. */
  async initialiseAgain(client: ClientName): Promise<void> {
    const path = this.source(client);
    const other = await ResticRepository.create({ generation: 'newest', path: `${path}.new` });
    await other.backup(this.data.get(client) ?? '', { host: client });
    renameSync(path, `${path}.old`);
    renameSync(`${path}.new`, path);
  }

  putOldRepositoryBack(client: ClientName): void {
    const path = this.source(client);
    renameSync(path, `${path}.new`);
    renameSync(`${path}.old`, path);
    rmSync(`${path}.new`, { recursive: true });
  }

  async mount(place: string): Promise<void> {
    await mount(['--bind', this.disks.get(place) ?? '', this.at(place)]);
  }

  async unmount(place: string): Promise<void> {
    await unmountLazily(this.at(place));
  }

  /** Fills the disk that is mounted there but for some bytes, with one file; returns its path. */
  fill(place: string, leaveBytes = LEFT): string {
    const file = this.at(`${place}/film.mkv`);
    const { bavail, bsize } = statfsSync(this.at(place));
    writeFileSync(file, Buffer.alloc(bavail * bsize - leaveBytes));
    return file;
  }

  async untilComplete(client: ClientName, snapshot?: string): Promise<void> {
    for (const backend of ['nas', 'usb']) {
      if (snapshot === undefined)
        await this.daemon.until(backend, ({ missing }) => missing?.length === 0, { client });
      else await this.daemon.untilComplete(backend, snapshot, { client });
    }
  }

  /** Its log goes through a pipe to a program that reads it. */
  async startDaemon(): Promise<void> {
    const pipe = this.at('log');
    rmSync(pipe, { force: true });
    await runProcess('mkfifo', [pipe]);
    this.log = startProcess('sh', ['-c', 'exec cat <>"$0"', pipe]);
    const process_ = startProcess(
      'sh',
      ['-c', 'exec "$@" 2>"$0"', pipe, process.execPath, mainFile, 'run'],
      { env: this.environment },
    );
    this.daemon = new SyncDaemon(process_, `http://${this.address}`);
    await waitFor(() => this.daemon.get('/healthz'), { what: 'the daemon to answer' });
  }

  /** A command, in this process. */
  run(...args: readonly string[]): Promise<Ran> {
    return this.commands.run(...args);
  }

  private get environment() {
    return this.syncd.environment(this.clock.environment);
  }

  private async addDisk(place: string, sizeBytes: number): Promise<void> {
    const { path } = await mountTmpfs({ sizeBytes });
    mkdirSync(this.at(place), { recursive: true });
    this.disks.set(place, path);
    onCleanUp(() => this.unmount(place));
    await this.mount(place);
  }

  private async addClient(client: ClientName): Promise<void> {
    const { path, data } = await seedRepository('newest');
    const { code, stderr } = await runProcess('cp', ['-a', path, this.source(client)]);
    if (code !== 0) throw new Error(stderr);
    this.data.set(client, data);
    await this.backup(client);
    await this.syncd.addClient(client, this.settings(client));
  }
}
