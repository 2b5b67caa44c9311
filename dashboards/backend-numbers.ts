import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { BAD, BUSY, GOOD, LATE, statPanel, thresholds } from './common.ts';
import { countOf, countPanel } from './counts.ts';
import { excused } from './offline.ts';
import { byBackend, instant } from './queries.ts';

export function backendsDown(title: string): PanelBuilder {
  const down = `${byBackend('backend_up')} == 0`;
  const blocked = `${byBackend('backend_state', 'state="blocked"')} == 1`;
  return countPanel(
    {
      title,
      description:
        'Backends, counted per client, that could not be reached at the last attempt, or where a person must act. Excludes rotated disks while they may be away.',
    },
    LATE,
  ).withTarget(
    instant(
      countOf(`(${down} or ${blocked}) unless ${excused()}`, byBackend('backend_initial_copy')),
    ),
  );
}

export function firstCopies(): PanelBuilder {
  return countPanel(
    {
      title: 'First copies running',
      description: 'Backends, counted per client, whose first copy is not complete yet.',
    },
    BUSY,
  ).withTarget(instant(`sum(${byBackend('backend_initial_copy')})`));
}

export function oldestContact(): PanelBuilder {
  return statPanel({
    title: 'Oldest verified contact',
    description:
      'How long ago the backend that has waited longest was last contacted, across all clients. Directories are checked with each poll. Excludes rotated disks while they may be away.',
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
        `max(time() - ${byBackend('backend_last_contact_timestamp_seconds')} unless ${excused()})`,
      ),
    );
}
