import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { runProcess } from '../../support/process.ts';
import { monitoringTool, needs } from '../../support/prometheus.ts';
import { waitFor } from '../../support/temp.ts';
import { describeWithTools, generations } from '../../support/tools.ts';
import { alerts, alertsDirectory } from '../../unit/alerts/rules.ts';

const CONFIG = join(alertsDirectory, 'alertmanager.example.yml');
const RECEIVERS = { critical: 'pager', warning: 'mail', none: 'watchdog' } as const;

const ROUTES = alerts.map(({ alert = '', labels = {} }) => {
  const severity = labels['severity'] as keyof typeof RECEIVERS;
  return { alert, severity, receiver: RECEIVERS[severity] };
});

for (const generation of generations) {
  describeWithTools(needs(generation, 'amtool'), `amtool of ${generation}`, () => {
    const amtool = () => monitoringTool('amtool', generation);

    async function route(receiver: string, labels: readonly string[]): Promise<number | null> {
      const args = ['config', 'routes', 'test', `--config.file=${CONFIG}`];
      const { code } = await runProcess(amtool(), [
        ...args,
        `--verify.receivers=${receiver}`,
        ...labels,
      ]);
      return code;
    }

    test('accepts the configuration', async () => {
      const { code, stdout } = await runProcess(amtool(), ['check-config', CONFIG]);
      expect(stdout).toContain('SUCCESS');
      expect(code).toBe(0);
    });

    test.each(ROUTES)('$alert ($severity) goes to $receiver', async (expected) => {
      const { alert, severity, receiver } = expected;
      const labels = [`alertname=${alert}`, `severity=${severity}`, 'client=a', 'backend=nas'];
      expect(await route(receiver, labels)).toBe(0);
    });

    test('another receiver would be noticed', async () => {
      expect(await route('pager', ['alertname=BackupLockStale', 'severity=warning'])).toBe(1);
    });
  });
}

/** What an alert about the source mutes of its client; nothing else that is known of that client. */
const FOLLOWS = [
  ...['BackupSnapshotMissing', 'BackupReplicationLagging', 'BackupReplicationStuck'],
  ...['BackupLockStale', 'BackupSourceCorrupt'],
];
const MUTED: Readonly<Record<string, readonly string[]>> = {
  BackupSourceReplaced: [...FOLLOWS, 'BackupSourceUnavailable'],
  BackupSourceEmptied: [...FOLLOWS, 'BackupSourceUnavailable'],
  BackupSourceUnavailable: FOLLOWS,
  BackupSourceSuspect: [],
};
/** But for those that mute these in turn. */
const OTHERS = [...new Set(alerts.map(({ alert = '' }) => alert))].filter(
  (alert) => !/SyncdDown|SyncdStalled/.test(alert),
);

interface Held {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

for (const generation of generations) {
  describeWithTools(
    needs(generation, 'prometheus-alertmanager'),
    `Alertmanager of ${generation}`,
    () => {
      test('mutes what follows from a source that is gone, of that client, and nothing else', async () => {
        const { route, inhibit_rules, receivers } = parse(readFileSync(CONFIG, 'utf8')) as {
          readonly [key: string]: unknown;
          readonly receivers: readonly { readonly name: string }[];
        };
        const { address } = await startAlertmanager(generation, {
          ...{ route, inhibit_rules },
          receivers: receivers.map(({ name }) => ({ name })),
        });
        const url = `http://${address}/api/v2/alerts`;
        // each pair is a client of its own, and beside it one that has the second alert alone
        const pairs = Object.keys(MUTED).flatMap((cause) =>
          OTHERS.filter((other) => other !== cause && !MUTED[other]?.includes(cause)).map(
            (other) => ({ cause, other }),
          ),
        );
        const posted = pairs.flatMap(({ cause, other }) => [
          alertOf(cause, `${cause}/${other}`),
          alertOf(other, `${cause}/${other}`),
          alertOf(other, `alone/${other}`),
        ]);
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(posted),
        });

        const expected = Object.entries(MUTED)
          .flatMap(([cause, muted]) => muted.map((other) => `${cause}/${other}: ${other}`))
          .sort();
        const muted = async () =>
          ((await (await fetch(url)).json()) as readonly Held[])
            .filter(({ status }) => status.inhibitedBy.length > 0)
            .map(({ labels }) => `${labels['client'] ?? ''}: ${labels['alertname'] ?? ''}`)
            .sort();
        await waitFor(async () => (await muted()).length >= expected.length, {
          what: 'what is muted',
        });
        expect(await muted()).toEqual(expected);
      });
    },
  );
}

function alertOf(alert: string, client: string) {
  const rule = alerts.find((candidate) => candidate.alert === alert);
  return {
    labels: { alertname: alert, client, severity: rule?.labels?.['severity'] ?? '' },
    startsAt: new Date().toISOString(),
  };
}
