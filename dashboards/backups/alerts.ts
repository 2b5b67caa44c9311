import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { BAD, LATE, named, OFF, tablePanel } from '../common.ts';
import { rows } from '../queries.ts';
import { columns } from '../transformations.ts';
import { clientLink } from './links.ts';

const OURS = 'alertname=~"Backup.+", alertname!="BackupWatchdog", client=~"$client|"';

export function firingAlerts(): PanelBuilder {
  const since = `time() - ALERTS_FOR_STATE{${OURS}}`;
  const firing = `ALERTS{alertstate="firing", ${OURS}}`;
  return tablePanel({
    title: 'Firing alerts',
    description:
      'Alerts of backup-syncd that fire now, by the rules in Prometheus. What each means and what to do is in the runbook.',
  })
    .height(6)
    .unit('s')
    .noValue('Nothing fires')
    .withTarget(
      rows(
        `max by (alertname, severity, client, backend) (\n  ${since}\n  and ignoring (alertstate) ${firing}\n)`,
        'A',
      ),
    )
    .withTransformation(
      columns({
        severity: 'Severity',
        alertname: 'Alert',
        client: 'Client',
        backend: 'Backend',
        Value: 'True for',
        Time: '',
      }),
    )
    .sortBy([new common.TableSortByFieldStateBuilder().displayName('Severity').desc(false)])
    .overrideByName('Severity', [
      {
        id: 'mappings',
        value: [
          named({
            critical: { text: 'critical', color: BAD },
            warning: { text: 'warning', color: LATE },
            none: { text: 'none', color: OFF },
          }),
        ],
      },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'custom.width', value: 120 },
    ])
    .overrideByRegexp('/^(Client|Backend)$/', [{ id: 'noValue', value: '–' }])
    .overrideByName('Client', [{ id: 'links', value: [clientLink()] }])
    .overrideByName('True for', [{ id: 'custom.align', value: 'left' }]);
}
