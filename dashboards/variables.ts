import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { fullName, type MetricName } from '../src/metrics/names.ts';
import { DATASOURCE, TARGET } from './queries.ts';

export function datasourceVariable(): dashboard.DatasourceVariableBuilder {
  return new dashboard.DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus');
}

interface LabelVariable {
  readonly label: string;
  readonly metric: MetricName;
  readonly matchers?: string;
}

function labelVariable(
  name: string,
  { label, metric, matchers = '' }: LabelVariable,
): dashboard.QueryVariableBuilder {
  const selector = matchers === '' ? fullName(metric) : `${fullName(metric)}{${matchers}}`;
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${selector}, ${name})`)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

/** Any number of values, all of them at first. */
function severalOf(variable: dashboard.QueryVariableBuilder): dashboard.QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'], selected: true });
}

export function targetVariables(): dashboard.QueryVariableBuilder[] {
  return [
    severalOf(labelVariable('job', { label: 'Job', metric: 'build_info' })),
    severalOf(
      labelVariable('instance', {
        label: 'Instance',
        metric: 'build_info',
        matchers: 'job=~"$job"',
      }),
    ),
  ];
}

/** Exported for each that is configured, scripts included. */
const BACKEND = { label: 'Backend', metric: 'expected_replication_lag_seconds' } as const;
const CLIENT = { label: 'Client', metric: 'client_enabled', matchers: TARGET } as const;

export function clientsVariable(): dashboard.QueryVariableBuilder {
  return severalOf(labelVariable('client', CLIENT));
}

export function oneClientVariable(): dashboard.QueryVariableBuilder {
  return labelVariable('client', CLIENT);
}

export function backendsVariable(): dashboard.QueryVariableBuilder {
  const matchers = `${TARGET}, client=~"$client"`;
  return severalOf(labelVariable('backend', { ...BACKEND, matchers }));
}

/** Of any client. */
export function oneBackendVariable(): dashboard.QueryVariableBuilder {
  return labelVariable('backend', { ...BACKEND, matchers: TARGET });
}

export function clientsOfBackendVariable(): dashboard.QueryVariableBuilder {
  const matchers = `${TARGET}, backend=~"$backend"`;
  return severalOf(labelVariable('client', { label: 'Client', metric: BACKEND.metric, matchers }));
}
