import { readFileSync } from 'node:fs';
import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { parse } from 'yaml';
import { BAD, LATE, named, OFF, tablePanel } from './common.ts';
import { backendLink, clientLink, runbookLink } from './links.ts';
import { rows } from './queries.ts';
import { columns } from './transformations.ts';

/** Which alerts of backup-syncd a dashboard shows, by their labels. Those of a daemon have neither client nor backend. */
export type AlertsOf =
  | 'client=~"$client|", backend=~"$backend|"'
  | 'client=~"$client", backend=~"$backend|"'
  | 'client=~"$client", backend=~"$backend"';

/** Those without a severity are for Alertmanager only. */
const OURS = 'alertname=~"Backup.+", severity!="none"';

export function alertsTable(chosen: AlertsOf): PanelBuilder {
  const matchers = `${OURS}, ${chosen}`;
  const age = `time() - ALERTS_FOR_STATE{${matchers}}`;
  const found = `max by (alertname, severity, alertstate, client, backend, instance) (\n  ALERTS{${matchers}} * ignoring (alertstate) group_left () (${age})\n)`;
  return cellsOf(
    tablePanel({
      title: 'Alerts',
      description:
        'All alerts of backup-syncd that are firing, or will fire if the problem continues (pending). The name links to the runbook: what the alert means and what to do.',
    })
      .height(7)
      .unit('s')
      .noValue('No alerts')
      .withTarget(rows(`label_join(${found}, "meaning", "/", "alertname", "severity")`, 'A'))
      .withTransformation(
        columns({
          // what fits on a phone first
          severity: 'Severity',
          client: 'Client',
          alertname: 'Alert',
          backend: 'Backend',
          meaning: 'Meaning',
          Value: 'For',
          alertstate: 'State',
          instance: 'Daemon',
          Time: '',
        }),
      )
      .sortBy(
        ['State', 'Severity'].map((name) =>
          new common.TableSortByFieldStateBuilder().displayName(name).desc(false),
        ),
      ),
  );
}

function cellsOf(panel: PanelBuilder): PanelBuilder {
  const colored = { id: 'custom.cellOptions', value: { type: 'color-text' } };
  return panel
    .overrideByName('State', [
      mappings({
        firing: { text: 'firing', color: 'text' },
        pending: { text: 'pending', color: OFF },
      }),
      colored,
      { id: 'custom.width', value: 90 },
    ])
    .overrideByName('Severity', [
      mappings({
        critical: { text: 'critical', color: BAD },
        warning: { text: 'warning', color: LATE },
      }),
      colored,
      { id: 'custom.width', value: 90 },
    ])
    .overrideByName('Alert', [
      { id: 'links', value: [runbookLink()] },
      { id: 'custom.width', value: 240 },
    ])
    .overrideByRegexp('/^(Client|Backend|Daemon)$/', [
      { id: 'noValue', value: '–' },
      { id: 'custom.width', value: 130 },
    ])
    .overrideByName('Client', [{ id: 'links', value: [clientLink()] }])
    .overrideByName('Backend', [{ id: 'links', value: [backendLink()] }])
    .overrideByName('Meaning', [mappings(summaries()), { id: 'custom.minWidth', value: 300 }])
    .overrideByName('For', [
      { id: 'custom.align', value: 'left' },
      { id: 'custom.width', value: 110 },
    ]);
}

type Looks = Parameters<typeof named>[0];

function mappings(looks: Looks): { id: string; value: unknown } {
  return { id: 'mappings', value: [named(looks)] };
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: { readonly severity?: string };
      readonly annotations?: { readonly summary?: string };
    }[];
  }[];
}

/** Prometheus does not keep the annotations of an alert among its series, so what each says comes from the rules. */
function summaries(): Looks {
  const file = new URL('../alerts/backup-syncd.rules.yml', import.meta.url);
  const { groups } = parse(readFileSync(file, 'utf8')) as Rules;
  return Object.fromEntries(
    groups
      .flatMap(({ rules }) => rules)
      .filter(({ alert, labels }) => alert !== undefined && labels?.severity !== 'none')
      .map(({ alert, labels, annotations }) => [
        `${alert}/${labels?.severity}`,
        { text: annotations?.summary ?? '' },
      ]),
  );
}
