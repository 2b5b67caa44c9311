import { existsSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startAlertmanager } from '../support/alertmanager.ts';
import { needs, startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';
import {
  startWebhookReceiver,
  type Notification,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';
import { alertsDirectory, ruleFiles } from '../unit/alerts/rules.ts';

/** The rule files with waits of minutes and hours made 3 seconds; what takes a day still does. */
function shortenedRules(): string[] {
  const directory = temporaryDirectory();
  return ruleFiles.map((file, index) => {
    const text = readFileSync(file, 'utf8')
      .replaceAll(/^( +for): (?!24h)\w+$/gm, '$1: 3s')
      .replaceAll(/^( +keep_firing_for): \w+$/gm, '$1: 1s');
    const copy = join(directory, `${index}.yml`);
    writeFileSync(copy, text);
    return copy;
  });
}

type Route = { routes?: Route[] } & Record<string, unknown>;
type Config = { route: Route; receivers: { name: string }[] } & Record<string, unknown>;

/** The example with its routes and inhibitions, in seconds, and every receiver the same webhook. */
function quickened(url: string): Config {
  const text = readFileSync(join(alertsDirectory, 'alertmanager.example.yml'), 'utf8');
  const { route, receivers, inhibit_rules } = parse(text) as Config;
  const timing = { group_wait: '6s', group_interval: '5s', repeat_interval: '1h' };
  const quick = (one: Route): Route => ({
    ...one,
    ...timing,
    ...(one.routes && { routes: one.routes.map(quick) }),
  });
  return {
    route: quick(route),
    inhibit_rules,
    receivers: receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url, send_resolved: name !== 'watchdog' }],
    })),
  };
}

type Watch = { readonly prometheus: Prometheus; readonly receiver: WebhookReceiver };

async function watch(generation: Generation, url: string): Promise<Watch> {
  const receiver = await startWebhookReceiver();
  const alertmanager = await startAlertmanager(generation, quickened(receiver.url));
  const prometheus = await startPrometheus({
    generation,
    rules: shortenedRules(),
    targets: [{ address: url.replace('http://', '') }],
    alertmanager: alertmanager.address,
  });
  return { prometheus, receiver };
}

/** Of one alert; what else the machine may have to say (a full disk) is not. */
function notificationsOf({ receiver }: Watch, alert: string): Notification[] {
  return receiver.notifications.filter(({ groupLabels }) => groupLabels['alertname'] === alert);
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

/** What was sent of an alert: to whom, in which order. */
function sent(watched: Watch, alert: string): string[] {
  return notificationsOf(watched, alert).map(({ receiver, status }) => `${status} to ${receiver}`);
}

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

for (const generation of generations) {
  const tools = [
    `${generation}/restic` as const,
    ...needs(generation, 'prometheus', 'prometheus-alertmanager'),
  ];
  describeWithTools(tools, `alerts, with Prometheus and Alertmanager of ${generation}`, () => {
    test('a client stops, a backend goes away, a pack is lost, the daemon dies: each is told once, and its end once', async () => {
      const { repository, path, data } = await seedRepository(generation);
      makeSnapshotsOld(path);
      const syncd = new Syncd({ listen: `127.0.0.1:${await freePort()}` });
      await syncd.addClient('ahost', { source: path, backends: ['near'] });
      setExpectations(syncd, 'ahost', { snapshotEvery: '6h', grace: '0s' });
      const replica = syncd.backend('near');
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      const watched = await watch(generation, daemon.url);

      const missing = await untilNotified(watched, 'BackupSnapshotMissing', 'firing');
      expect(missing.alerts).toMatchObject([{ labels: { client: 'ahost', severity: 'critical' } }]);
      const { description, summary } = missing.alerts[0]?.annotations ?? {};
      expect(summary).toBe('A client has missed more than one backup.');
      expect(description).toMatch(
        /^Client ahost: a snapshot was due 1d 18h .* ago, and the newest one is 2d 0h .* old\. .*'backup-syncd status ahost'\.$/,
      );
      changeTree(data);
      await daemon.untilComplete('near', await repository.backup(data));
      await untilNotified(watched, 'BackupSnapshotMissing', 'resolved');

      renameSync(replica, `${replica}.away`);
      const down = await untilNotified(watched, 'BackupBackendDown', 'firing');
      expect(down.alerts).toMatchObject([
        { labels: { client: 'ahost', backend: 'near', severity: 'warning' } },
      ]);
      expect(down.alerts[0]?.annotations['description']).toMatch(
        /^Client ahost: the backend near cannot be used \(last contact .* ago\): .*'backup-syncd backend init ahost near'\. For more type 'backup-syncd status ahost'\.$/,
      );
      renameSync(`${replica}.away`, replica);
      await untilNotified(watched, 'BackupBackendDown', 'resolved');

      const pack = objectsOf(path).find((name) => name.startsWith('data/')) ?? '';
      const away = join(syncd.directory, 'pack');
      rmSync(join(path, pack));
      renameSync(join(replica, pack), away);
      const broken = await untilNotified(watched, 'BackupReplicaBroken', 'firing');
      expect(broken.alerts).toMatchObject([
        { labels: { client: 'ahost', backend: 'near', severity: 'critical' } },
      ]);
      expect(broken.alerts[0]?.annotations['description']).toContain('objects are gone from near');
      renameSync(away, join(replica, pack));
      await untilNotified(watched, 'BackupReplicaBroken', 'resolved');

      daemon.process.killGroup('SIGKILL');
      await daemon.process.exited;
      const dead = await untilNotified(watched, 'BackupSyncdDown', 'firing');
      expect(dead.alerts.map(({ labels }) => labels['client'] ?? '').sort()).toEqual(['', 'ahost']);
      await syncd.start();
      await untilNotified(watched, 'BackupSyncdDown', 'resolved');

      await untilNotified(watched, 'BackupWatchdog', 'firing');
      await sleep(6_000); // for what might still come
      expect(sent(watched, 'BackupSnapshotMissing')).toEqual([
        'firing to pager',
        'resolved to pager',
      ]);
      expect(sent(watched, 'BackupBackendDown')).toEqual(['firing to mail', 'resolved to mail']);
      expect(sent(watched, 'BackupReplicaBroken')).toEqual([
        'firing to pager',
        'resolved to pager',
      ]);
      expect(sent(watched, 'BackupSyncdDown')).toEqual(['firing to pager', 'resolved to pager']);
      expect(sent(watched, 'BackupWatchdog')).toEqual(['firing to watchdog']);
      const others = watched.receiver.notifications
        .map(({ groupLabels }) => groupLabels['alertname'] ?? '')
        .filter((name) => !/SnapshotMissing|Down|Broken|Watchdog|Filling/.test(name));
      expect(others).toEqual([]);
    }, 240_000);

    test('20 clients on one dead backend are one notification', async () => {
      const syncd = new Syncd();
      const shared = join(syncd.directory, 'shared');
      const clients = Array.from({ length: 20 }, (_, index) => `host-${index + 1}`);
      await inBatches(clients, async (client) => {
        const { path } = await seedRepository(generation);
        const backends = { b2: join(shared, client) };
        await syncd.addClient(client, { source: path, backends });
        setExpectations(syncd, client, { snapshotEvery: 'off' });
      });
      const daemon = await syncd.start();
      for (const client of clients) await daemon.untilComplete('b2', 2, { client });
      const watched = await watch(generation, daemon.url);
      renameSync(shared, `${shared}.away`);
      const down = await untilNotified(watched, 'BackupBackendDown', 'firing');
      await sleep(11_000); // two more chances to send another one
      expect(sent(watched, 'BackupBackendDown')).toEqual(['firing to mail']);
      expect(down.groupLabels).toEqual({ alertname: 'BackupBackendDown', backend: 'b2' });
      expect(down.alerts.map(({ labels }) => labels['client']).sort()).toEqual([...clients].sort());
      renameSync(`${shared}.away`, shared);
      await untilNotified(watched, 'BackupBackendDown', 'resolved');
      expect(existsSync(join(shared, 'host-1', 'config'))).toBe(true);
    }, 240_000);
  });
}
