import { collectDefaultMetrics, type Registry } from 'prom-client';
import { HOUR_MS } from '../runtime/units.ts';

/**
 * How often Node.js wakes up to measure the delay of the event loop. The default of 10 ms takes as much processor time per second
 * as an idle poll, and prom-client has no other way to turn it off.
 */
const EVENT_LOOP_MS = HOUR_MS;

/** The process metrics of prom-client, without those that are not worth their cost. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_MS });
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
}

const LEFT_OUT = [
  // come from that measurement
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
    (part) => `nodejs_eventloop_lag_${part}_seconds`,
  ),
  // gauges, whose names promtool only allows for counters; each is the sum of the metric without `_total`
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];
