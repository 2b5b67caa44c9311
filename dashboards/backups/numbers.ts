import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { BAD, LATE } from '../common.ts';
import { countOf, countPanel } from '../counts.ts';
import { byClient, instant, series, TARGET } from '../queries.ts';
import { sourcesAsBad } from '../source-states.ts';

export function notProtected(): PanelBuilder {
  const isProtected = `${byClient('protection_lag_seconds')} <= ${byClient('expected_protection_lag_seconds')}`;
  const clients = `${byClient('client_enabled')} == 1`;
  return countPanel(
    {
      title: 'Clients not protected',
      description:
        'Clients with a snapshot that has been in too few places for longer than it may, those whose source cannot be used, and those of which nothing is known yet.',
    },
    BAD,
  ).withTarget(
    instant(
      countOf(
        `${clients} unless on (client) (${isProtected} unless on (client) ${sourcesAsBad('critical')})`,
        clients,
      ),
    ),
  );
}

export function sourcesUnusable(): PanelBuilder {
  return countPanel(
    {
      title: 'Sources unusable',
      description:
        'Clients whose repository is missing, empty, unreadable, damaged, without its snapshots, or another one than before: nothing new is replicated.',
    },
    BAD,
  ).withTarget(instant(countOf(sourcesAsBad('critical'), byClient('source_state'))));
}

export function sourcesToCheck(): PanelBuilder {
  return countPanel(
    {
      title: 'Sources to check',
      description:
        'Clients from whose repository something has vanished, whose config has changed, or whose repository changes too fast to be listed.',
    },
    LATE,
  ).withTarget(instant(countOf(sourcesAsBad('warning'), byClient('source_state'))));
}

export function overdue(): PanelBuilder {
  return countPanel(
    {
      title: 'Clients overdue',
      description: 'Clients whose next snapshot should have come by now, grace included.',
    },
    LATE,
  ).withTarget(
    instant(
      countOf(`${byClient('snapshot_due_timestamp_seconds')} < time()`, byClient('client_enabled')),
    ),
  );
}

export function exportersDown(): PanelBuilder {
  const up = `up{${TARGET}}`;
  return countPanel(
    {
      title: 'Exporters down',
      description: 'Daemons that Prometheus cannot scrape: nothing is known of their clients.',
    },
    BAD,
  ).withTarget(instant(countOf(`${up} == 0`, `${up} or ${series('build_info')}`)));
}
