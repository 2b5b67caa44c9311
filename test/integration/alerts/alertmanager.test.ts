import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { startMailSink } from '../../support/mail-sink.ts';
import { runProcess } from '../../support/process.ts';
import { monitoringTool, needs } from '../../support/prometheus.ts';
import { waitFor } from '../../support/temp.ts';
import { describeWithTools, generations, type Generation } from '../../support/tools.ts';
import { alerts, alertsDirectory } from '../../unit/alerts/rules.ts';

const CONFIG = join(alertsDirectory, 'alertmanager.example.yml');
const RECEIVERS = { critical: 'pager', warning: 'mail', none: 'watchdog' } as const;

const ROUTES = alerts.map(({ alert = '', labels = {} }) => {
  const severity = labels['severity'] as keyof typeof RECEIVERS;
  const receiver = alert === 'BackupClientUnwatched' ? 'nowhere' : RECEIVERS[severity];
  return { alert, severity, receiver };
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

/** The alerts that follow from one about the source. */
const FOLLOWS = [
  ...['BackupSnapshotMissing', 'BackupReplicationLagging', 'BackupReplicationStuck'],
  ...['BackupLockStale', 'BackupSourceCorrupt', 'BackupGroupMissing'],
];
/** The alerts that follow from a possible attack on the source: no key may be retired then. */
const ATTACKED = [...FOLLOWS, 'BackupSourceUnavailable', 'BackupStaleKey'];
/** Neither itself nor those that mute these in turn. */
const OTHERS = [...new Set(alerts.map(({ alert = '' }) => alert))].filter(
  (alert) => !/SyncdStalled|ClientUnwatched/.test(alert),
);
const MUTED: Readonly<Record<string, readonly string[]>> = {
  BackupSourceReplaced: [...ATTACKED, 'BackupSourceAlarm', 'BackupProofOverdue'],
  BackupSourceEmptied: [...ATTACKED, 'BackupSourceAlarm', 'BackupProofOverdue'],
  BackupSourceAlarm: ATTACKED,
  BackupSourceUnavailable: [...FOLLOWS, 'BackupProofOverdue'],
  BackupSourceSuspect: [],
  BackupClientUnwatched: OTHERS.filter((alert) => alert !== 'BackupSyncdDown'),
};

async function post(url: string, posted: readonly unknown[]): Promise<void> {
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(posted),
  });
  expect(status).toBe(200);
}

interface Held {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

for (const generation of generations) {
  describeWithTools(
    needs(generation, 'prometheus-alertmanager'),
    `Alertmanager of ${generation}`,
    () => {
      test('mutes what follows from a source that is gone or a daemon that is dead, of that client, and nothing else', async () => {
        const { route, inhibit_rules, receivers } = parse(readFileSync(CONFIG, 'utf8')) as {
          readonly [key: string]: unknown;
          readonly receivers: readonly { readonly name: string }[];
        };
        const { address } = await startAlertmanager(generation, {
          route,
          inhibit_rules,
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
        await post(url, posted);

        // the proof of a backend is missing in every state of the source
        const ofBackend = alertOf(
          'BackupProofOverdue',
          'BackupSourceUnavailable/BackupProofOverdue',
        );
        await post(url, [{ ...ofBackend, labels: { ...ofBackend.labels, backend: 'nas' } }]);

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

for (const generation of generations) {
  describeWithTools(
    needs(generation, 'prometheus-alertmanager'),
    `mails of Alertmanager of ${generation}`,
    () => {
      test('report once that an alert has ended', async () => {
        const { mails, address: smarthost } = await startMailSink();
        const url = await startMailing(generation, smarthost);
        const alert = {
          labels: { alertname: 'BackupBackendDown', client: 'a', backend: 'nas' },
          annotations: { description: 'Client a: backend nas cannot be used.' },
          startsAt: '2026-01-10T08:00:00Z',
        };
        await post(url, [alert]);
        await waitFor(() => mails.length > 0, { what: 'the alarm' });
        expect(mails[0]).toEqual({
          subject: 'BackupBackendDown (nas)',
          text: expect.stringMatching(/^\s*Client a: backend nas cannot be used\.\s*$/) as unknown,
        });
        const endsAt = new Date().toISOString();
        const ended = endsAt.slice(0, 16).replace('T', ' ');
        const postAgain = async () => {
          await post(url, [{ ...alert, endsAt }]); // as Prometheus does, for a quarter of an hour
          return mails.length > 1;
        };
        await waitFor(postAgain, { what: 'the all-clear' });
        expect(mails[1]?.subject).toBe('Resolved: BackupBackendDown (nas)');
        expect(mails[1]?.text.trim()).toBe(
          `Resolved: BackupBackendDown of client a, backend nas, which began at 2026-01-10 08:00 and ended at ${ended} UTC.`,
        );
      });
    },
  );
}

const RUNBOOK = readFileSync(join(alertsDirectory, 'RUNBOOK.md'), 'utf8');
const COMMANDS = [...RUNBOOK.matchAll(/`amtool ([^`]*)`/g)].map(([, command = '']) => command);

for (const generation of generations) {
  describeWithTools(
    [...needs(generation, 'prometheus-alertmanager'), ...needs(generation, 'amtool')],
    `the runbook with amtool of ${generation}`,
    () => {
      test('each command works as it stands, lists the clients, and silences', async () => {
        const receivers = [{ name: 'nowhere' }];
        const { address } = await startAlertmanager(generation, {
          route: { receiver: 'nowhere' },
          receivers,
        });
        const url = `http://${address}/api/v2/alerts`;
        await post(
          url,
          ['BackupClientUnwatched', 'BackupWatchdog', 'BackupSyncdDown'].map((alert) =>
            alertOf(alert, 'ahost'),
          ),
        );
        const outputs: string[] = [];
        for (const command of COMMANDS) {
          const args = command.replace('127.0.0.1:9093', address).split(' ');
          const { code, stdout, stderr } = await runProcess(
            monitoringTool('amtool', generation),
            args,
          );
          expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
          outputs.push(stdout);
        }
        expect(outputs).toEqual([
          expect.stringMatching(/^[0-9a-f-]{36}\n$/),
          expect.stringContaining('client="ahost"'),
          expect.stringContaining('BackupWatchdog'),
        ]);
        const held = (await (await fetch(url)).json()) as readonly (Held & {
          readonly status: { readonly silencedBy: readonly string[] };
        })[];
        const silenced = held.filter(({ status }) => status.silencedBy.length > 0);
        expect(silenced.map(({ labels }) => labels['alertname'])).toEqual(['BackupSyncdDown']);
      });
    },
  );
}

/** Starts an Alertmanager that has only the mails of the example. Answers where alerts are posted. */
async function startMailing(generation: Generation, smarthost: string): Promise<string> {
  const { templates, receivers } = parse(readFileSync(CONFIG, 'utf8')) as {
    readonly templates: readonly string[];
    readonly receivers: readonly { readonly email_configs?: readonly object[] }[];
  };
  const mail = receivers.flatMap(({ email_configs = [] }) => email_configs)[0];
  const { address } = await startAlertmanager(generation, {
    global: { smtp_smarthost: smarthost, smtp_from: 'alertmanager@localhost' },
    templates: templates.map((name) => join(alertsDirectory, name)),
    route: { receiver: 'mail', group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'mail', email_configs: [{ ...mail, require_tls: false }] }],
  });
  return `http://${address}/api/v2/alerts`;
}

function alertOf(alert: string, client: string) {
  const rule = alerts.find((candidate) => candidate.alert === alert);
  return {
    labels: { alertname: alert, client, severity: rule?.labels?.['severity'] ?? '' },
    startsAt: new Date().toISOString(),
  };
}
