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
        'Clients with a snapshot that has been in too few places for too long, clients whose source cannot be used, and clients about which nothing is known yet.',
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
        'Clients whose repository is missing, empty, unreadable, damaged, without its snapshots, or a different one than before. Nothing new is replicated.',
    },
    BAD,
  ).withTarget(instant(countOf(sourcesAsBad('critical'), byClient('source_state'))));
}

export function sourcesToCheck(): PanelBuilder {
  return countPanel(
    {
      title: 'Sources to check',
      description:
        'Clients whose repository has lost files, has a changed config, or changes too fast to be listed.',
    },
    LATE,
  ).withTarget(instant(countOf(sourcesAsBad('warning'), byClient('source_state'))));
}

export function overdue(): PanelBuilder {
  return countPanel(
    {
      title: 'Clients overdue',
      description: 'Clients whose next snapshot is overdue, after the grace period.',
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
      description: 'Daemons that Prometheus cannot scrape. Nothing is known about their clients.',
    },
    BAD,
  ).withTarget(instant(countOf(`${up} == 0`, `${up} or ${series('build_info')}`)));
}
