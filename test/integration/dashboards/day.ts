import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFile } from '../../support/key-file.ts';
import { ResticRepository, resticPassword } from '../../support/restic.ts';
import { changeTree, createTree } from '../../support/sample-data.ts';
import { Syncd, type SyncDaemon } from '../../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';
import { pathWith, projectDirectory, type Generation } from '../../support/tools.ts';
import { Prometheus } from './prometheus.ts';
import { shortenRules, stretchSeries, stretchTime, type Stretch } from './stretch.ts';

/** The day passes this much faster than in life: an hour takes two seconds. */
const FACTOR = 1800;
const HOUR = 3600 / FACTOR;
const SCRAPE_MS = 300;

/** The packs of the archive. Ten packs are sent per second, so its first copy lasts for minutes, until the test lifts the limit. */
const PACKS = 1500;
const PACK_BYTES = 8000;
const SLOW = { nas: `${PACK_BYTES * 10}B/s` };
const PATIENCE_MS = 120_000;

/** How often Prometheus looked in the stretched day. */
export const SCRAPE_SECONDS = (SCRAPE_MS / 1000) * FACTOR;

export interface Day {
  readonly openMetrics: string;
  /** Instants of the stretched day, in seconds. */
  readonly begin: number;
  readonly well: number;
  readonly outage: number;
  readonly end: number;
}

const hours = (count: number): string => `${count * HOUR}s`;

/**
 * A real daemon through a day, with the real restic and Prometheus: first copies, normal backups, a disk that goes away
 * and the source of a client, too (with the first copy of a big client meanwhile), their repair.
 */
export async function liveThroughDay(generation: Generation): Promise<Day> {
  const settings = {
    discover: { glob: join(temporaryDirectory(), '*') },
    // each place is audited once: on a slow machine the day is long
    defaults: { audit: { every: hours(7 * 24) } },
  };
  const syncd = new Syncd(settings);
  const [mail, web, db, laptop] = await Promise.all([
    Client.create(syncd, 'mail', { backends: ['nas', 'usb'] }),
    Client.create(syncd, 'web', { backends: ['nas', 'usb'] }),
    Client.create(syncd, 'db', { backends: ['nas'], expect: { snapshotEvery: hours(480) } }),
    Client.create(syncd, 'laptop', {
      backends: ['nas'],
      isOpened: true,
      expect: { snapshotEvery: hours(7), grace: hours(1) },
    }),
  ]);
  const archive = createArchive();
  const from = Date.now() / 1000;
  const daemon = await syncd.start(['run'], { env: { PATH: pathWith(generation) } });
  const prometheus = await observe(generation, daemon);
  const clock = startClock(from);

  await clock.until(1);
  await Promise.all([mail.backup(), laptop.backup()]);
  await clock.until(3);
  await pause(syncd, ['laptop', 'nas', '--until', hours(2)]);
  await web.backup();
  await clock.until(5);
  await mail.backup();
  writeLock(laptop.source);
  await clock.until(7);
  await Promise.all([mail.backup(), web.backup()]);
  for (const { name } of [mail, web]) {
    for (const backend of ['nas', 'usb']) await untilNothingIsMissing(daemon, backend, name);
  }
  await clock.pause(1);
  const well = Date.now() / 1000;
  for (const { name } of [mail, web]) hide(syncd.backend('usb', name));
  hide(db.source);
  await Promise.all([mail.backup(), web.backup()]);
  for (const { name } of [mail, web]) await untilNothingIsMissing(daemon, 'nas', name);
  syncd.writeDaemon({ ...settings, limits: { bandwidth: SLOW } });
  await addClient(syncd, 'archive', {
    source: archive,
    backends: ['nas'],
    expect: { snapshotEvery: 'off', copiesWithin: hours(2400) }, // however long it takes
  });
  daemon.process.kill('SIGHUP');
  await clock.pause(5); // beyond copiesWithin
  await untilSeen(prometheus, OUTAGE);
  const outage = Date.now() / 1000;
  syncd.writeDaemon(settings);
  daemon.process.kill('SIGHUP');
  await daemon.untilComplete('nas', 1, { client: 'archive', timeoutMs: PATIENCE_MS });

  unhide(db.source);
  for (const { name } of [mail, web]) unhide(syncd.backend('usb', name));
  // at once, as an operator would: the next try comes by itself, but not within seconds
  await Promise.all([mail, web].map(({ name }) => syncd.syncHere([name, '--backend', 'usb'])));
  for (const { name } of [mail, web]) await untilNothingIsMissing(daemon, 'usb', name);
  await untilSeen(prometheus, MENDED);
  await clock.pause(1);
  return conclude(prometheus, { from, well, outage });
}

async function pause(syncd: Syncd, args: readonly string[]): Promise<void> {
  const { code, stderr } = await syncd.here(['pause', ...args, '--reason', 'a new disk']);
  if (code !== 0) throw new Error(`pause: ${stderr}`);
}

/** Queries that each find something in Prometheus during the outage, when a part of the archive is sent. */
const OUTAGE = [
  'backup_syncd_backend_pending_bytes{client="archive"} > 0',
  `backup_syncd_backend_pending_bytes{client="archive"} < ${0.95 * PACKS * PACK_BYTES}`,
  'ALERTS{alertname="BackupBackendDown", alertstate="firing", client="mail"}',
  'ALERTS{alertname="BackupNotProtected", alertstate="firing", client="mail"}',
  'ALERTS{alertname="BackupSourceUnavailable", alertstate="firing", client="db"}',
  'ALERTS{alertname="BackupSnapshotMissing", alertstate="firing", client="laptop"}',
];
const MENDED = [
  'min(backup_syncd_backend_up) == 1',
  'backup_syncd_source_state{client="db", state="ok"} == 1',
];

async function untilSeen(prometheus: Prometheus, queries: readonly string[]): Promise<void> {
  for (const query of queries) {
    const isFound = async () => (await prometheus.query(query)).length > 0;
    await waitFor(isFound, { what: query, timeoutMs: PATIENCE_MS, intervalMs: SCRAPE_MS });
  }
}

async function untilNothingIsMissing(
  daemon: SyncDaemon,
  backend: string,
  client: string,
): Promise<void> {
  await daemon.until(backend, ({ missing }) => missing?.length === 0, { client });
}

class Client {
  readonly name: string;
  readonly source: string;
  readonly #repository: ResticRepository;
  readonly #data = temporaryDirectory();
  #seed = 1;

  private constructor(name: string, source: string, repository: ResticRepository) {
    this.name = name;
    this.source = source;
    this.#repository = repository;
  }

  /** With a first snapshot. */
  static async create(
    syncd: Syncd,
    name: string,
    {
      backends,
      expect = {},
      isOpened = false,
    }: {
      readonly backends: readonly string[];
      readonly expect?: Readonly<Record<string, string>>;
      /** the daemon has its password */
      readonly isOpened?: boolean;
    },
  ): Promise<Client> {
    const source = join(temporaryDirectory(), name);
    const repository = await ResticRepository.create({ generation: 'newest', path: source });
    const client = new Client(name, source, repository);
    createTree(client.#data, { seed: name.length, files: 30, maxFileBytes: 2 ** 19 });
    await client.backup();
    const paths = { paths: [client.#data, '/etc'] };
    const all = { ...expect, ...(isOpened && paths) };
    await addClient(syncd, name, { source, backends, expect: all, isOpened });
    return client;
  }

  async backup(): Promise<void> {
    this.#seed += 1;
    changeTree(this.#data, { seed: this.#seed, files: 8, maxFileBytes: 2 ** 19 });
    await this.#repository.backup(this.#data);
  }
}

async function addClient(
  syncd: Syncd,
  name: string,
  options: {
    readonly source: string;
    readonly backends: readonly string[];
    readonly expect: Readonly<Record<string, unknown>>;
    readonly isOpened?: boolean;
  },
): Promise<void> {
  const { source, backends, expect, isOpened = false } = options;
  const opened = { directory: source, password: { file: passwordFileOf(syncd) } };
  syncd.writeClient(name, { source: isOpened ? opened : source, backends });
  const file = syncd.clientFile(name);
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { backends: object[] };
  const expectations = {
    // on a slow machine the day is long
    snapshotEvery: hours(480),
    grace: hours(6),
    copiesWithin: hours(3),
    ...expect,
  };
  const withLimits = settings.backends.map((backend) => ({ ...backend, maxLag: hours(2) }));
  const all = { ...settings, expect: expectations, backends: withLimits };
  writeFileSync(file, JSON.stringify(all));
  for (const backend of backends) await syncd.init(backend, name);
}

function passwordFileOf(syncd: Syncd): string {
  const file = join(syncd.directory, 'password');
  writeFileSync(file, resticPassword, { mode: 0o600 });
  return file;
}

async function observe(generation: Generation, daemon: SyncDaemon): Promise<Prometheus> {
  const rules = join(temporaryDirectory(), 'rules.yml');
  const text = readFileSync(join(projectDirectory, 'alerts/backup-syncd.rules.yml'), 'utf8');
  writeFileSync(rules, shortenRules(FACTOR, text));
  const { host } = new URL(daemon.url);
  const config = {
    global: {
      scrape_interval: `${SCRAPE_MS}ms`,
      scrape_timeout: `${SCRAPE_MS}ms`,
      evaluation_interval: `${SCRAPE_MS}ms`,
    },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: 'backup-syncd',
        static_configs: [{ targets: [host], labels: { instance: 'backup.example:10987' } }],
      },
    ],
  };
  return Prometheus.start({ generation, config });
}

/** Waits until an hour of the day, or for some hours. */
function startClock(from: number): {
  until(hour: number): Promise<void>;
  pause(hours: number): Promise<void>;
} {
  return {
    until: (hour) => sleep(Math.max(0, (from + hour * HOUR) * 1000 - Date.now())),
    pause: (hours) => sleep(hours * HOUR * 1000),
  };
}

/** Objects enough for a first copy that takes a while; only their names and sizes matter. */
function createArchive(): string {
  const root = temporaryDirectory();
  const write = (folder: string, content: Uint8Array): void => {
    const id = createHash('sha256').update(content).digest('hex');
    const directory = join(root, folder, folder === 'data' ? id.slice(0, 2) : '');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, id), content);
  };
  write('keys', Buffer.from(keyFile()));
  for (const folder of ['index', 'snapshots']) write(folder, randomBytes(400));
  for (let count = 0; count < PACKS; count += 1) write('data', randomBytes(PACK_BYTES));
  writeFileSync(join(root, 'config'), randomBytes(155));
  return root;
}

/** Writes the lock of a backup that died, which stays. */
function writeLock(source: string): void {
  writeFileSync(join(source, 'locks', randomBytes(32).toString('hex')), randomBytes(150));
}

function hide(directory: string): void {
  renameSync(directory, `${directory}.away`);
}

function unhide(directory: string): void {
  renameSync(`${directory}.away`, directory);
}

async function conclude(
  prometheus: Prometheus,
  instants: { readonly from: number; readonly well: number; readonly outage: number },
): Promise<Day> {
  const { from, well, outage } = instants;
  const end = Date.now() / 1000;
  const stretch: Stretch = { factor: FACTOR, from, to: Date.UTC(2026, 2, 1, 21) / 1000 };
  const all = await prometheus.query(
    '{__name__=~"(backup_syncd|process|nodejs)_.+|up|scrape_duration_seconds|ALERTS|ALERTS_FOR_STATE"}[1h]',
  );
  return {
    openMetrics: stretchSeries(stretch, all),
    begin: stretchTime(stretch, from),
    well: stretchTime(stretch, well),
    outage: stretchTime(stretch, outage),
    end: stretchTime(stretch, end),
  };
}
