import { CLIENT_UID } from '../dashboard.ts';

/** From a row of a table to the dashboard of its client, with the same source, job and time. */
export function clientLink(): { title: string; url: string } {
  const query = [
    'var-client=${__value.text:percentencode}',
    '${datasource:queryparam}',
    '${job:queryparam}',
    '${instance:queryparam}',
    '${__url_time_range}',
  ];
  return { title: 'Backup client', url: `/d/${CLIENT_UID}?${query.join('&')}` };
}
