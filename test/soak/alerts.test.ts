import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startAlertmanager, type Alertmanager } from '../support/alertmanager.ts';
import { needs, startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { quickened, shortenedRules } from '../support/quick-alerts.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository, type SeededRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';
import {
  startWebhookReceiver,
  type Notification,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';

type Watch = {
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  readonly receiver: WebhookReceiver;
};

async function watch(generation: Generation, url: string): Promise<Watch> {
  const receiver = await startWebhookReceiver();
  const alertmanager = await startAlertmanager(generation, quickened(receiver.url));
  const prometheus = await startPrometheus({
    generation,
    rules: shortenedRules(),
    targets: [{ address: url.replace('http://', '') }],
    alertmanager: alertmanager.address,
  });
  return { prometheus, alertmanager, receiver };
}

/** The notifications of one alert, without others that the machine may cause (a full disk). */
function notificationsOf({ receiver }: Watch, alert: string): Notification[] {
  return receiver.notifications.filter(({ groupLabels }) => groupLabels['alertname'] === alert);
}

/** One Prometheus and Alertmanager of each generation watch the same daemon. */
async function watchByBoth(url: string): Promise<Watch[]> {
  return Promise.all(generations.map((generation) => watch(generation, url)));
}

/** Waits for the notification in every generation, and checks each. */
async function expectNotified(
  watches: readonly Watch[],
  [status, alert]: readonly ['firing' | 'resolved', string],
  check: (notification: Notification) => void = () => undefined,
): Promise<void> {
  const all = await Promise.all(watches.map((watched) => untilNotified(watched, alert, status)));
  all.forEach(check);
}

async function untilNotified(
  watched: Watch,
  alert: string,
  status: 'firing' | 'resolved',
): Promise<Notification> {
  try {
    return await waitFor(
      () => notificationsOf(watched, alert).find((one) => one.status === status),
      { what: `${alert} to be ${status}`, timeoutMs: 150_000, intervalMs: 250 },
    );
  } catch (error) {
    const known = JSON.stringify(await watched.prometheus.alerts(), undefined, 1);
    throw new Error(`${String(error)}; Prometheus has ${known}`, { cause: error });
  }
}

/** The receivers of an alert, in order. */
function sent(watched: Watch, alert: string): string[] {
  return notificationsOf(watched, alert).map(({ receiver, status }) => `${status} to ${receiver}`);
}

/** Waits until nothing fires that could still be notified: the watchdog always fires, and the disk may be full. */
async function untilQuiet({ prometheus, alertmanager }: Watch): Promise<void> {
  const isOther = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    !/Watchdog|Filling/.test(labels['alertname'] ?? '');
  await waitFor(
    async () => {
      const held = await fetch(`http://${alertmanager.address}/api/v2/alerts?active=true`);
      const alerts = [...(await prometheus.alerts()), ...((await held.json()) as Labelled[])];
      return !alerts.some(isOther);
    },
    { what: 'quiet', timeoutMs: 150_000, intervalMs: 250 },
  );
}

type Labelled = { readonly labels: Readonly<Record<string, string>> };

function setExpectations(syncd: Syncd, client: string, expectations: unknown): void {
  const file = syncd.clientFile(client);
  const known = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...known, expect: expectations }));
}

function makeSnapshotsOld(repository: string): void {
  const then = Date.now() / 1000 - 2 * 86_400;
  for (const name of objectsOf(repository).filter((path) => path.startsWith('snapshots/'))) {
    utimesSync(join(repository, name), then, then);
  }
}

async function inBatches<T>(
  items: readonly T[],
  run: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += 4) await Promise.all(items.slice(at, at + 4).map(run));
}

describeWithTools(
  [
    'newest/restic',
    ...generations.flatMap((one) => needs(one, 'prometheus', 'prometheus-alertmanager')),
  ],
  'alerts, with Prometheus and Alertmanager',
  () => {
    test('a client stops, a backend goes away, a pack is lost, the daemon dies: each is notified once, and its end once', async () => {
      const [late, away, broken] = await Promise.all([1, 2, 3].map(() => seedRepository('newest')));
      if (late === undefined || away === undefined || broken === undefined) throw new Error();
      makeSnapshotsOld(late.path);
      const syncd = new Syncd({ listen: `127.0.0.1:${await freePort()}` });
      await syncd.addClient('late', { source: late.path, backends: ['near'] });
      await syncd.addClient('away', { source: away.path, backends: ['usb'] });
      await syncd.addClient('broken', { source: broken.path, backends: ['near'] });
      setExpectations(syncd, 'late', { snapshotEvery: '6h', grace: '0s' });
      for (const client of ['away', 'broken'])
        setExpectations(syncd, client, { snapshotEvery: 'off' });
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2, { client: 'late' });
      await daemon.untilComplete('usb', 2, { client: 'away' });
      await daemon.untilComplete('near', 2, { client: 'broken' });
      const watches = await watchByBoth(daemon.url);

      await Promise.all([
        clientStops(watches, { daemon, ...late }),
        backendGoesAway(watches, syncd.backend('usb', 'away')),
        packIsLost(watches, syncd, broken.path),
      ]);
      daemon.process.killGroup('SIGKILL');
      await daemon.process.exited;
      await expectNotified(watches, ['firing', 'BackupSyncdDown'], ({ alerts }) => {
        const instance = daemon.url.replace('http://', '');
        expect(alerts).toMatchObject([{ labels: { instance } }]);
        expect(alerts[0]?.labels['client']).toBeUndefined();
        expect(alerts[0]?.annotations['description']).toContain('the backups of its clients (3).');
      });
      await syncd.start();
      await expectNotified(watches, ['resolved', 'BackupSyncdDown']);

      await expectNotified(watches, ['firing', 'BackupWatchdog']);
      await Promise.all(watches.map(untilQuiet));
      for (const watched of watches) expectToldOnce(watched);
    }, 300_000);

    test('8 clients on one dead backend are one notification', async () => {
      const syncd = new Syncd();
      const shared = join(syncd.directory, 'shared');
      const clients = Array.from({ length: 8 }, (_, index) => `host-${index + 1}`);
      await inBatches(clients, async (client) => {
        const { path } = await seedRepository('newest');
        const backends = { b2: join(shared, client) };
        await syncd.addClient(client, { source: path, backends });
        setExpectations(syncd, client, { snapshotEvery: 'off' });
      });
      const daemon = await syncd.start();
      for (const client of clients) await daemon.untilComplete('b2', 2, { client });
      const watches = await watchByBoth(daemon.url);
      renameSync(shared, `${shared}.away`);
      await expectNotified(watches, ['firing', 'BackupBackendDown'], (down) => {
        expect(down.groupLabels).toEqual({ alertname: 'BackupBackendDown', backend: 'b2' });
        const told = down.alerts.map(({ labels }) => labels['client']).sort();
        expect(told).toEqual([...clients].sort());
      });
      renameSync(`${shared}.away`, shared);
      await expectNotified(watches, ['resolved', 'BackupBackendDown']);
      await Promise.all(watches.map(untilQuiet));
      for (const watched of watches)
        expect(sent(watched, 'BackupBackendDown')).toEqual(['firing to mail', 'resolved to mail']);
      expect(existsSync(join(shared, 'host-1', 'config'))).toBe(true);
    }, 300_000);
  },
);

async function clientStops(
  watches: readonly Watch[],
  { daemon, repository, data }: SeededRepository & { readonly daemon: SyncDaemon },
): Promise<void> {
  await expectNotified(watches, ['firing', 'BackupSnapshotMissing'], ({ alerts }) => {
    expect(alerts).toMatchObject([{ labels: { client: 'late', severity: 'critical' } }]);
    const { description, summary } = alerts[0]?.annotations ?? {};
    expect(summary).toBe('A client has missed more than one backup.');
    expect(description).toMatch(
      /^Client late: a snapshot was due 1d 18h .* ago, and the newest one is 2d 0h .* old\. .*'backup-syncd status late'\.$/,
    );
  });
  changeTree(data);
  await daemon.untilComplete('near', await repository.backup(data), { client: 'late' });
  await expectNotified(watches, ['resolved', 'BackupSnapshotMissing']);
}

async function backendGoesAway(watches: readonly Watch[], replica: string): Promise<void> {
  renameSync(replica, `${replica}.away`);
  await expectNotified(watches, ['firing', 'BackupBackendDown'], ({ alerts }) => {
    expect(alerts).toMatchObject([
      { labels: { client: 'away', backend: 'usb', severity: 'warning' } },
    ]);
    expect(alerts[0]?.annotations['description']).toMatch(
      /^Client away: backend usb cannot be used \(last contact .* ago\): .*'backup-syncd backend init away usb';.* For details, run 'backup-syncd status away'\.$/,
    );
  });
  renameSync(`${replica}.away`, replica);
  await expectNotified(watches, ['resolved', 'BackupBackendDown']);
}

async function packIsLost(watches: readonly Watch[], syncd: Syncd, source: string): Promise<void> {
  const replica = syncd.backend('near', 'broken');
  const pack = objectsOf(source).find((name) => name.startsWith('data/')) ?? '';
  const away = join(temporaryDirectory(), 'pack');
  rmSync(join(source, pack));
  renameSync(join(replica, pack), away);
  await expectNotified(watches, ['firing', 'BackupReplicaBroken'], ({ alerts }) => {
    expect(alerts).toMatchObject([
      { labels: { client: 'broken', backend: 'near', severity: 'critical' } },
    ]);
    expect(alerts[0]?.annotations['description']).toContain('files are missing in near');
  });
  renameSync(away, join(replica, pack));
  await expectNotified(watches, ['resolved', 'BackupReplicaBroken']);
  await expectNotified(watches, ['firing', 'BackupSourceAlarm'], ({ alerts }) => {
    expect(alerts).toMatchObject([{ labels: { client: 'broken', severity: 'critical' } }]);
    expect(alerts[0]?.annotations['description']).toContain('files have vanished from its');
  });
  copyFileSync(join(replica, pack), join(source, pack));
  const acknowledged = await syncd.here(['ack', 'broken', '--reason', 'it is back']);
  expect(acknowledged).toMatchObject({ code: 0 });
  await expectNotified(watches, ['resolved', 'BackupSourceAlarm']);
}

function expectToldOnce(watched: Watch): void {
  const toPager = ['firing to pager', 'resolved to pager'];
  expect(sent(watched, 'BackupSnapshotMissing')).toEqual(toPager);
  expect(sent(watched, 'BackupBackendDown')).toEqual(['firing to mail', 'resolved to mail']);
  expect(sent(watched, 'BackupReplicaBroken')).toEqual(toPager);
  expect(sent(watched, 'BackupSourceAlarm')).toEqual(toPager);
  expect(sent(watched, 'BackupSyncdDown')).toEqual(toPager);
  expect(sent(watched, 'BackupWatchdog')).toEqual(['firing to watchdog']);
  const others = watched.receiver.notifications
    .map(({ groupLabels }) => groupLabels['alertname'] ?? '')
    .filter((name) => !/SnapshotMissing|Down|Broken|SourceAlarm|Watchdog|Filling/.test(name));
  expect(others).toEqual([]);
}
