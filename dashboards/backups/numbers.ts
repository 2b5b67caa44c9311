import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { BAD, BUSY, GOOD, LATE, statPanel, thresholds, type PanelText } from '../common.ts';
import { offline } from '../offline.ts';
import { byBackend, byClient, instant, series, TARGET } from '../queries.ts';
import { sourcesAsBad } from '../source-states.ts';

/** How many are not as they should be. */
function countPanel(text: PanelText, color: string): PanelBuilder {
  return statPanel(text)
    .height(3)
    .span(6)
    .unit('none')
    .decimals(0)
    .thresholds(
      thresholds([
        [GOOD, null],
        [color, 1],
      ]),
    );
}

/** `count` of nothing is nothing: 0 as long as there is anything to count. */
function countOf(found: string, all: string): string {
  return `count(\n  ${found}\n) or 0 * count(${all})`;
}

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
    BAD,
  ).withTarget(
    instant(
      countOf(`${byClient('snapshot_due_timestamp_seconds')} < time()`, byClient('client_enabled')),
    ),
  );
}

export function backendsDown(): PanelBuilder {
  const down = `${byBackend('backend_up')} == 0`;
  const blocked = `${byBackend('backend_state', 'state="blocked"')} == 1`;
  return countPanel(
    {
      title: 'Backends down',
      description:
        'Backends, counted for each client, that could not be reached at the last try or wait for a person. Not rotated disks, while they may be away.',
    },
    LATE,
  ).withTarget(
    instant(
      countOf(`(${down} or ${blocked}) unless ${offline()}`, byBackend('backend_initial_copy')),
    ),
  );
}

export function firstCopies(): PanelBuilder {
  return countPanel(
    {
      title: 'First copies running',
      description: 'Backends, counted for each client, that have not yet held everything once.',
    },
    BUSY,
  ).withTarget(instant(`sum(${byBackend('backend_initial_copy')})`));
}

export function oldestContact(): PanelBuilder {
  return statPanel({
    title: 'Oldest verified contact',
    description:
      'The backend that has gone unseen for longest, of all clients: directories are looked at with each poll. Not rotated disks, while they may be away.',
  })
    .height(3)
    .span(6)
    .unit('s')
    .thresholds(
      thresholds([
        [GOOD, null],
        [LATE, 7200],
        [BAD, 86_400],
      ]),
    )
    .withTarget(
      instant(
        `max(time() - ${byBackend('backend_last_contact_timestamp_seconds')} unless ${offline()})`,
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
