import type { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { BAD, GOOD, LATE, statPanel, thresholds, timeseriesPanel } from '../common.ts';
import { byClient, instant, ofBackends, range, series } from '../queries.ts';

export function sizes(): PanelBuilder {
  return timeseriesPanel({
    title: 'Sizes',
    description: 'Size of all objects at the source and in each backend.',
  })
    .unit('bytes')
    .withTarget(range(byClient('source_bytes'), 'source'))
    .withTarget(range(ofBackends('backend_bytes'), '{{backend}}', 'B'));
}

/** At the pace of the file system, which others may fill too; else at that of this replica. */
export function daysToFull(): StatPanel {
  const shrinking = `-max by (backend) (deriv(${series('backend_free_bytes')}[$__range]))`;
  const growing = `max by (backend) (deriv(${series('backend_bytes')}[$__range]))`;
  const free = ofBackends('backend_free_bytes');
  return statPanel({
    title: 'Days to full',
    description:
      'How long the free space of each backend lasts at the pace of the time shown; choose a longer time for a steadier answer.',
  })
    .span(6)
    .height(8)
    .unit('d')
    .decimals(0)
    .noValue('does not fill')
    .thresholds(
      thresholds([
        [BAD, null],
        [LATE, 14],
        [GOOD, 60],
      ]),
    )
    .withTarget(
      instant(`${free} / (\n  ${shrinking} > 0\n  or\n  ${growing} > 0\n) / 86400`).legendFormat(
        '{{backend}}',
      ),
    );
}

export function locks(): PanelBuilder {
  return timeseriesPanel({
    title: 'Locks',
    description:
      'Locks that restic holds at the source, and the age of the oldest: one that grows old is of a backup that died.',
  })
    .span(6)
    .unit('none')
    .decimals(0)
    .withTarget(range(byClient('source_locks'), 'locks'))
    .withTarget(
      range(
        `time() - ${byClient('source_oldest_lock_timestamp_seconds')}`,
        'age of the oldest',
        'B',
      ),
    )
    .overrideByName('age of the oldest', [
      { id: 'unit', value: 's' },
      { id: 'custom.axisPlacement', value: 'right' },
    ]);
}
