import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { BAD, GOOD, LATE, named, statPanel, thresholds } from '../common.ts';
import { byClient, instant } from '../queries.ts';

export function newest(): PanelBuilder {
  return statPanel({
    title: 'Newest snapshot',
    description: 'Age of the newest snapshot at the source.',
  })
    .unit('s')
    .thresholds(thresholds([['text', null]]))
    .withTarget(
      instant(`time() - ${byClient('source_latest_snapshot_timestamp_seconds')}`).legendFormat(
        'age',
      ),
    );
}

export function due(): PanelBuilder {
  return statPanel({
    title: 'Next snapshot due in',
    description:
      'Time left until the next snapshot should be there at the latest, grace included; below 0 it is overdue.',
  })
    .unit('s')
    .noValue('none expected')
    .thresholds(
      thresholds([
        [BAD, null],
        [GOOD, 0],
      ]),
    )
    .withTarget(
      instant(`${byClient('snapshot_due_timestamp_seconds')} - time()`).legendFormat('left'),
    );
}

export function protection(): PanelBuilder {
  const lag = byClient('protection_lag_seconds');
  return statPanel({
    title: 'Protected',
    description:
      'Whether every snapshot is in enough places, and if not, whether it may still wait.',
  })
    .mappings([
      named({
        0: { text: 'protected', color: GOOD },
        1: { text: 'not yet', color: LATE },
        2: { text: 'not protected', color: BAD },
      }),
    ])
    .withTarget(
      instant(
        `(${lag} > bool 0) + (${lag} > bool ${byClient('expected_protection_lag_seconds')})`,
      ).legendFormat('protection'),
    );
}

export function protectedSince(): PanelBuilder {
  return statPanel({
    title: 'Protected since',
    description: 'Age of the newest snapshot that is in as many places as expected.',
  })
    .unit('s')
    .noValue('never')
    .thresholds(thresholds([['text', null]]))
    .withTarget(
      instant(`time() - ${byClient('protected_snapshot_timestamp_seconds')}`).legendFormat('age'),
    );
}

export function copies(): PanelBuilder {
  return statPanel({
    title: 'Copies of the newest',
    description:
      'In how many places that count the newest snapshot is, the source being one, in how many more that cannot be reached, and in how many it should be.',
  })
    .unit('none')
    .thresholds(thresholds([['text', null]]))
    .withTarget(instant(byClient('snapshot_copies')).legendFormat('there'))
    .withTarget(instant(byClient('snapshot_unreachable_copies'), 'C').legendFormat('not reachable'))
    .withTarget(instant(byClient('expected_snapshot_copies'), 'B').legendFormat('expected'));
}

export function corrupt(): PanelBuilder {
  return statPanel({
    title: 'Corrupt objects',
    description: 'Objects of the source whose content does not match their name; never sent.',
  })
    .unit('none')
    .thresholds(
      thresholds([
        [GOOD, null],
        [BAD, 1],
      ]),
    )
    .withTarget(instant(byClient('source_corrupt_objects')).legendFormat('objects'));
}
