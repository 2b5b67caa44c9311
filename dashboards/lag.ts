import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { LATE, thresholds, timeseriesPanel, type PanelText } from './common.ts';
import { byBackend } from './queries.ts';

/** Where the graph ends: a backend that is later than this would make all others a flat line. */
const MOST = 2;

/**
 * Lag as a share of what each backend may lag: a disk that may be away for two weeks and one that may be an hour late
 * are distinguished from late ones in the same graph.
 */
export function lagShare(): string {
  const lag = byBackend('backend_replication_lag_seconds');
  return `clamp_max(${lag} / ${byBackend('expected_replication_lag_seconds')}, ${MOST})`;
}

export function lagPanel({ title, description }: PanelText): PanelBuilder {
  return timeseriesPanel({
    title,
    description: `${description} Above 100 % (dashed line), it is late; the graph ends at ${100 * MOST} %.`,
  })
    .unit('percentunit')
    .axisSoftMax(1)
    .thresholds(
      thresholds([
        ['transparent', null],
        [LATE, 1],
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}
