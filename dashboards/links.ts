import { BACKEND_UID, CLIENT_UID } from './dashboard.ts';

interface DataLink {
  readonly title: string;
  readonly url: string;
}

/** From a cell of a table to the dashboard of its client, with the same source, job and time. */
export function clientLink(): DataLink {
  return link('Backup client', CLIENT_UID, 'client');
}

export function backendLink(): DataLink {
  return link('Backup backend', BACKEND_UID, 'backend');
}

function link(title: string, uid: string, variable: string): DataLink {
  const query = [
    `var-${variable}=\${__value.text:percentencode}`,
    '${datasource:queryparam}',
    '${job:queryparam}',
    '${instance:queryparam}',
    '${__url_time_range}',
  ];
  return { title, url: `/d/${uid}?${query.join('&')}` };
}

const RUNBOOK = 'https://github.com/backup-syncd/backup-syncd/blob/main/alerts/RUNBOOK.md';

/** From the name of an alert to its section of the runbook. */
export function runbookLink(): DataLink {
  return { title: 'Runbook', url: `${RUNBOOK}#\${__value.raw}` };
}
