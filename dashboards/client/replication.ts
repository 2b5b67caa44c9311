import * as common from '@grafana/grafana-foundation-sdk/common';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { numberOfEachState, stateNumbers } from '../backend-states.ts';
import { barsPanel, faultsPanel, named, SOURCE_LINE, timeseriesPanel } from '../common.ts';
import { lagPanel, lagShare } from '../lag.ts';
import {
  DATASOURCE,
  byClient,
  failedPasses,
  ofBackends,
  range,
  sentPerSecond,
} from '../queries.ts';
import { numberOfEachSource, sourceNumbers } from '../source-states.ts';

export function lag(): PanelBuilder {
  return lagPanel({
    title: 'Lag, % of allowed',
    description:
      'How long each backend has owed the snapshot that has waited longest, as a percentage of the allowed lag.',
  }).withTarget(range(lagShare(), '{{backend}}'));
}

export function arrivals(): PanelBuilder {
  const changed = (latest: string) =>
    `${latest} != bool ${latest.replace('})', '} offset $__interval)')}`;
  return barsPanel({
    title: 'Snapshot arrivals',
    description:
      'When a new snapshot arrived at the source, and when it was complete in each backend. Several within one step count once.',
  })
    .unit('none')
    .decimals(0)
    .withTarget(
      range(changed(ofBackends('backend_latest_snapshot_timestamp_seconds')), '{{backend}}'),
    )
    .withTarget(range(changed(byClient('source_latest_snapshot_timestamp_seconds')), 'source', 'B'))
    .overrideByName('source', SOURCE_LINE);
}

export function states(): statetimeline.PanelBuilder {
  return new statetimeline.PanelBuilder()
    .title('State of each place')
    .description(
      'The state of the source, and of each backend. Readable and up to date are good; retrying and blocked are not.',
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
    .withTarget(range(numberOfEachState(), '{{backend}}', 'B'));
}

export function pending(): PanelBuilder {
  return timeseriesPanel({
    title: 'To be sent',
    description: 'Size of the objects still to be sent to each backend.',
  })
    .span(8)
    .unit('bytes')
    .withTarget(range(ofBackends('backend_pending_bytes'), '{{backend}}'));
}

export function rate(): PanelBuilder {
  return timeseriesPanel({
    title: 'Rate',
    description: 'Bytes per second sent to each backend.',
  })
    .span(8)
    .unit('Bps')
    .withTarget(range(sentPerSecond(), '{{backend}}'));
}

export function failures(): PanelBuilder {
  return faultsPanel({
    title: 'Failed passes by reason',
    description: 'Failed passes, by backend and reason. There should be none.',
  })
    .span(8)
    .unit('none')
    .noValue('No failures')
    .withTarget(range(failedPasses('backend'), '{{backend}}: {{reason}}'));
}
