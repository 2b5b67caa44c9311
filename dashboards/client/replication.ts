import * as common from '@grafana/grafana-foundation-sdk/common';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { BACKEND_STATES } from '../../src/report/types.ts';
import { numberOf, stateNumbers } from '../backend-states.ts';
import { BAD, barsPanel, fixedColor, named, timeseriesPanel } from '../common.ts';
import { byClient, DATASOURCE, ofBackends, range, series } from '../queries.ts';
import { numberOfEachSource, sourceNumbers } from '../source-states.ts';

export function lag(): PanelBuilder {
  return timeseriesPanel({
    title: 'Replication lag',
    description:
      'For how long the longest-waiting snapshot has been owed to each backend. The dashed line is what the backend may lag.',
  })
    .unit('h')
    .withTarget(range(`${ofBackends('backend_replication_lag_seconds')} / 3600`, '{{backend}}'))
    .withTarget(
      range(
        `${ofBackends('expected_replication_lag_seconds')} / 3600`,
        'limit of {{backend}}',
        'B',
      ),
    )
    .overrideByRegexp('/^limit of /', [
      fixedColor(BAD),
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
      { id: 'custom.lineWidth', value: 1 },
      { id: 'custom.fillOpacity', value: 0 },
    ]);
}

export function arrivals(): PanelBuilder {
  const changed = (latest: string) =>
    `${latest} != bool ${latest.replace('})', '} offset $__interval)')}`;
  return barsPanel({
    title: 'Snapshot arrivals',
    description:
      'When a new snapshot came to the source, and when it was complete in each backend: several within one step count once.',
  })
    .unit('none')
    .decimals(0)
    .withTarget(range(changed(byClient('source_latest_snapshot_timestamp_seconds')), 'source'))
    .withTarget(
      range(changed(ofBackends('backend_latest_snapshot_timestamp_seconds')), '{{backend}}', 'B'),
    );
}

export function states(): statetimeline.PanelBuilder {
  const expr = BACKEND_STATES.map(
    (state) => `${numberOf(state)} * ${series('backend_state', `state="${state}"`)}`,
  ).join('\n  or\n  ');
  return new statetimeline.PanelBuilder()
    .title('State of each place')
    .description(
      'How the source was, and what each backend was doing: readable and idle are all well, retrying and blocked are not.',
    )
    .datasource(DATASOURCE)
    .height(6)
    .span(24)
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .mappings([named({ ...stateNumbers(), ...sourceNumbers() })])
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .withTarget(range(numberOfEachSource(), 'source'))
    .withTarget(range(`max by (backend) (\n  ${expr}\n)`, '{{backend}}', 'B'));
}

export function pending(): PanelBuilder {
  return timeseriesPanel({
    title: 'To be sent',
    description: 'Size of the objects that are still to be sent to each backend.',
  })
    .span(8)
    .unit('bytes')
    .withTarget(range(ofBackends('backend_pending_bytes'), '{{backend}}'));
}

export function rate(): PanelBuilder {
  return timeseriesPanel({
    title: 'Rate',
    description: 'What is sent to each backend, in bytes per second.',
  })
    .span(8)
    .unit('Bps')
    .withTarget(
      range(
        `sum by (backend) (rate(${series('sync_transferred_bytes_total')}[$__rate_interval]))`,
        '{{backend}}',
      ),
    );
}

export function failures(): PanelBuilder {
  return barsPanel({
    title: 'Failed syncs by reason',
    description: 'Passes that failed, for each backend and reason. None is best.',
  })
    .span(8)
    .unit('none')
    .noValue('No failure')
    .withTarget(
      range(
        `round(sum by (backend, reason) (increase(${series('sync_failures_total')}[$__rate_interval]))) > 0`,
        '{{backend}}: {{reason}}',
      ),
    );
}
