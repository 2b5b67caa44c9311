import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { faultsPanel, timeseriesPanel } from '../common.ts';
import { byDaemon, range, series } from '../queries.ts';

export function memory(): PanelBuilder {
  return timeseriesPanel({
    title: 'Memory',
    description: 'Resident memory of each daemon, and how much of its JavaScript heap it uses.',
  })
    .height(7)
    .span(8)
    .unit('bytes')
    .withTarget(range(byDaemon('process_resident_memory_bytes'), '{{instance}}'))
    .withTarget(range(byDaemon('nodejs_heap_size_used_bytes'), '{{instance}}: heap', 'B'));
}

export function eventLoop(): PanelBuilder {
  return timeseriesPanel({
    title: 'Event loop lag',
    description:
      'How long the event loop of each daemon was blocked at the time of the scrape. Values of seconds indicate a bug.',
  })
    .height(7)
    .span(8)
    .unit('s')
    .withTarget(range(byDaemon('nodejs_eventloop_lag_seconds'), '{{instance}}'));
}

export function scrape(): PanelBuilder {
  return timeseriesPanel({
    title: 'Duration of a scrape',
    description: 'How long each daemon took to answer Prometheus.',
  })
    .height(7)
    .span(8)
    .unit('s')
    .withTarget(range(byDaemon('scrape_duration_seconds'), '{{instance}}'));
}

export function droppedLines(): PanelBuilder {
  return faultsPanel({
    title: 'Dropped log lines',
    description:
      'Log lines that each daemon dropped, because the log was not read in time or the disk was full. There should be none.',
  })
    .height(7)
    .span(8)
    .unit('none')
    .decimals(0)
    .withTarget(
      range(
        `round(sum by (instance) (increase(${series('log_lines_dropped_total')}[$__rate_interval])))`,
        '{{instance}}',
      ),
    );
}

export function unsaved(): PanelBuilder {
  return faultsPanel({
    title: 'Clients with unsaved state',
    description:
      'Clients whose state could not be saved. After a restart, the daemon would not know about losses and delays since then. There should be none.',
  })
    .height(7)
    .span(8)
    .unit('none')
    .decimals(0)
    .withTarget(
      range(
        `sum by (instance) (increase(${series('state_save_failures_total')}[$__rate_interval]) > bool 0)`,
        '{{instance}}',
      ),
    );
}

export function unconfigured(): PanelBuilder {
  return timeseriesPanel({
    title: 'Repositories without a client',
    description:
      'Repositories that each daemon has found and that are no clients, so nothing is done for them. The page says why.',
  })
    .height(7)
    .span(8)
    .unit('none')
    .decimals(0)
    .withTarget(
      range(`max by (instance) (${series('unconfigured_repositories')})`, '{{instance}}'),
    );
}
