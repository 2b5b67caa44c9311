import type { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { SOURCE_LINE, timeseriesPanel } from '../common.ts';
import { byClient, ofBackends, range } from '../queries.ts';
import { forecastPanel } from '../space.ts';

export function sizes(): PanelBuilder {
  return timeseriesPanel({
    title: 'Sizes',
    description: 'Size of all objects at the source and in each backend.',
  })
    .unit('bytes')
    .withTarget(range(ofBackends('backend_bytes'), '{{backend}}'))
    .withTarget(range(byClient('source_bytes'), 'source', 'B'))
    .overrideByName('source', SOURCE_LINE);
}

export function fullIn(): StatPanel {
  return forecastPanel().span(6).height(8);
}

export function locks(): PanelBuilder {
  return timeseriesPanel({
    title: 'Locks',
    description:
      'Locks that restic holds at the source, and the age of the oldest. An old lock is left over from a backup that died.',
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
