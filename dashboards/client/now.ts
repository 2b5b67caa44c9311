import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { BAD, BUSY, GOOD, LATE, named, statPanel, thresholds, type PanelText } from '../common.ts';
import { backendLink } from '../links.ts';
import { problemsTable } from '../problems.ts';
import { byClient, instant } from '../queries.ts';
import { numberOfEachSource, sourceNumbers, sourcesAsBad } from '../source-states.ts';

/** Four in a row, then three. */
const FOUR = 6;
const THREE = 8;

function numberPanel(text: PanelText, span: number): PanelBuilder {
  return statPanel(text).height(3).span(span);
}

export function source(): PanelBuilder {
  return numberPanel(
    {
      title: 'Source',
      description:
        'State of the repository that the client writes to. docs/operations.md explains each state.',
    },
    FOUR,
  )
    .mappings([named(sourceNumbers())])
    .withTarget(instant(numberOfEachSource()).legendFormat('state'));
}

export function newest(): PanelBuilder {
  return numberPanel(
    {
      title: 'Newest snapshot',
      description: 'Age of the newest snapshot at the source.',
    },
    FOUR,
  )
    .unit('s')
    .thresholds(thresholds([['text', null]]))
    .withTarget(
      instant(`time() - ${byClient('source_latest_snapshot_timestamp_seconds')}`).legendFormat(
        'age',
      ),
    );
}

export function due(): PanelBuilder {
  return numberPanel(
    {
      title: 'Next snapshot due in',
      description:
        'Time left until the next snapshot is overdue, including the grace period. Below 0, it is overdue.',
    },
    FOUR,
  )
    .unit('s')
    .noValue('none expected')
    .thresholds(
      thresholds([
        [LATE, null],
        [GOOD, 0],
      ]),
    )
    .withTarget(
      instant(`${byClient('snapshot_due_timestamp_seconds')} - time()`).legendFormat('left'),
    );
}

export function protection(): PanelBuilder {
  const lag = byClient('protection_lag_seconds');
  return numberPanel(
    {
      title: 'Protected',
      description:
        'Whether every snapshot is in enough places and, if not, whether there is still time. Unknown while the source cannot be used.',
    },
    FOUR,
  )
    .mappings([
      named({
        0: { text: 'protected', color: GOOD },
        1: { text: 'not yet', color: BUSY },
        2: { text: 'not protected', color: BAD },
        3: { text: 'source unusable', color: BAD },
      }),
    ])
    .withTarget(
      instant(
        `3 + 0 * ${sourcesAsBad('critical')}\nor\n(${lag} > bool 0) + (${lag} > bool ${byClient('expected_protection_lag_seconds')})`,
      ).legendFormat('protection'),
    );
}

export function protectedSince(): PanelBuilder {
  return numberPanel(
    {
      title: 'Newest protected snapshot',
      description: 'Age of the newest snapshot that has as many copies as required.',
    },
    THREE,
  )
    .unit('s')
    .noValue('none')
    .thresholds(thresholds([['text', null]]))
    .withTarget(
      instant(`time() - ${byClient('protected_snapshot_timestamp_seconds')}`).legendFormat('age'),
    );
}

export function copies(): PanelBuilder {
  return numberPanel(
    {
      title: 'Copies of the newest snapshot',
      description:
        'Copies in places that count, including the source; copies in places that cannot be reached now; and how many are required.',
    },
    THREE,
  )
    .unit('none')
    .thresholds(thresholds([['text', null]]))
    .withTarget(instant(byClient('snapshot_copies')).legendFormat('there'))
    .withTarget(instant(byClient('snapshot_unreachable_copies'), 'C').legendFormat('not reachable'))
    .withTarget(instant(byClient('expected_snapshot_copies'), 'B').legendFormat('required'));
}

/** What each backend does, and what keeps it from being up to date. */
export function backends(): TablePanel {
  return problemsTable(
    {
      title: 'Backends: problems',
      description:
        'What each backend is doing, its problem if there is one, and what is missing. To see what to do, run: backup-syncd status CLIENT.',
    },
    { label: 'backend', heading: 'Backend', link: backendLink() },
  ).height(5);
}

export function corrupt(): PanelBuilder {
  return numberPanel(
    {
      title: 'Corrupt objects',
      description:
        'Objects at the source whose content does not match their name. They are never sent.',
    },
    THREE,
  )
    .unit('none')
    .thresholds(
      thresholds([
        [GOOD, null],
        [BAD, 1],
      ]),
    )
    .withTarget(instant(byClient('source_corrupt_objects')).legendFormat('objects'));
}
