import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { GOOD, LATE, tablePanel, timeseriesPanel } from '../common.ts';
import { lagPanel, lagShare } from '../lag.ts';
import { backendLink } from '../links.ts';
import { byBackend, range, rows, sentPerSecond } from '../queries.ts';
import {
  daysToFull,
  FORECAST_STEPS,
  forecastMappings,
  freeBytes,
  growthPerDay,
  replicaBytes,
  totalBytes,
} from '../space.ts';
import { columns, joinBy, withoutTime } from '../transformations.ts';

export function lag(): PanelBuilder {
  return lagPanel({
    title: 'Longest lag, % of allowed',
    description:
      'For each backend, the client whose snapshot has been owed longest, as a percentage of the allowed lag.',
  }).withTarget(range(`max by (backend) (\n  ${lagShare()}\n)`, '{{backend}}'));
}

export function throughput(): PanelBuilder {
  return timeseriesPanel({
    title: 'Throughput',
    description: 'Bytes per second sent to each backend, for all clients.',
  })
    .unit('Bps')
    .withTarget(range(sentPerSecond(), '{{backend}}'));
}

export function free(): PanelBuilder {
  return timeseriesPanel({
    title: 'Free space',
    description:
      'Free space of each backend. If its clients have several disks, this is the fullest.',
  })
    .unit('bytes')
    .withTarget(range(freeBytes(), '{{backend}}'));
}

export function growth(): PanelBuilder {
  return timeseriesPanel({
    title: 'Size of the replicas',
    description:
      'Size of the replicas of all clients in each backend. Nothing is deleted automatically.',
  })
    .unit('bytes')
    .withTarget(range(replicaBytes(), '{{backend}}'));
}

/** A row for each backend. */
export function spaceTable(): TablePanel {
  const panel = tablePanel({
    title: 'Backends: space',
    description:
      'Disk full in: how long the free space lasts if the trend of the last week continues. This needs a day of data. An alert fires below 10 % of free space.',
  })
    .height(5)
    .unit('bytes')
    .noValue('unknown')
    .withTarget(
      rows(`count by (backend) (${byBackend('expected_replication_lag_seconds')})`, 'clients'),
    )
    .withTarget(rows(replicaBytes(), 'size'))
    .withTarget(rows(growthPerDay(), 'growth'))
    .withTarget(rows(freeBytes(), 'free'))
    .withTarget(rows(`${freeBytes()} / ${totalBytes()}`, 'share'))
    .withTarget(rows(daysToFull(), 'full'))
    .withTransformation(withoutTime())
    .withTransformation(joinBy('backend'))
    .withTransformation(
      columns({
        backend: 'Backend',
        'Value #clients': 'Clients',
        'Value #full': 'Disk full in',
        'Value #share': 'Free, % of disk',
        'Value #free': 'Free',
        'Value #size': 'Size of the replicas',
        'Value #growth': 'Growth per day',
      }),
    );
  return cellsOf(panel);
}

function cellsOf(panel: TablePanel): TablePanel {
  return panel
    .overrideByName('Backend', [
      { id: 'links', value: [backendLink()] },
      { id: 'custom.minWidth', value: 120 },
    ])
    .overrideByName('Clients', [
      { id: 'unit', value: 'none' },
      { id: 'custom.width', value: 100 },
    ])
    .overrideByName('Disk full in', [
      { id: 'unit', value: 'd' },
      { id: 'decimals', value: 0 },
      { id: 'mappings', value: forecastMappings() },
      { id: 'thresholds', value: steps(FORECAST_STEPS) },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'custom.align', value: 'center' },
      { id: 'custom.width', value: 180 },
    ])
    .overrideByName('Free, % of disk', [
      { id: 'unit', value: 'percentunit' },
      { id: 'decimals', value: 0 },
      { id: 'min', value: 0 },
      { id: 'max', value: 1 },
      {
        id: 'thresholds',
        value: steps([
          [LATE, null],
          [GOOD, 0.1],
        ]),
      },
      {
        id: 'custom.cellOptions',
        value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'color' },
      },
      { id: 'custom.width', value: 240 },
    ])
    .overrideByName('Growth per day', [
      { id: 'noValue', value: 'needs a day of data' },
      { id: 'custom.width', value: 180 },
    ]);
}

function steps(all: readonly (readonly [color: string, value: number | null])[]): {
  mode: string;
  steps: { color: string; value: number | null }[];
} {
  return { mode: 'absolute', steps: all.map(([color, value]) => ({ color, value })) };
}
