import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { BAD, GOOD, LATE, named, OFF, ranged, statPanel, thresholds } from './common.ts';
import { instant, ofBackends, series } from './queries.ts';

/** A forecast takes the last week, as far as there is one, and at least a day of it. */
const WINDOW = '[7d:1h]';
const NOT_FILLING = -1;
const TOO_EARLY = -2;
const DAY = 86_400;

/** Several clients have their replicas on the same disk. Where they have several, the fullest counts. */
export function freeBytes(): string {
  return `min by (backend) (${series('backend_free_bytes')})`;
}

/** The same disk: a replica that lies elsewhere under the same name does not mix with it. */
export function totalBytes(): string {
  return ofBackends('backend_total_bytes');
}

export function replicaBytes(): string {
  // a client that two daemons report counts once
  return `sum by (backend) (max by (client, backend) (${series('backend_bytes')}))`;
}

/** Days until a disk is full, from the trend of its free space; or a number that says why there are none. */
export function daysToFull(): string {
  const free = freeBytes();
  const days = `${free} / (-deriv(${free}${WINDOW}) > 0) / ${DAY}`;
  return [
    `0 * (${free} == 0)`,
    `(${days}) ${sinceADay(free)}`,
    `${NOT_FILLING} + 0 * ${free} ${sinceADay(free)}`,
    `${TOO_EARLY} + 0 * ${free}`,
  ].join('\nor\n');
}

/** What the replicas of a backend grow by in a day. */
export function growthPerDay(): string {
  return `${DAY} * deriv(${replicaBytes()}${WINDOW}) ${sinceADay(replicaBytes())}`;
}

function sinceADay(expr: string): string {
  return `and on (backend) last_over_time(${expr}${WINDOW} offset 1d)`;
}

export function forecastMappings(): ValueMapping[] {
  return [
    named({
      0: { text: 'full', color: BAD },
      [NOT_FILLING]: { text: 'not filling', color: GOOD },
      [TOO_EARLY]: { text: 'needs a day of data', color: OFF },
    }),
    ranged(730, null, { text: 'over 2 years', color: GOOD }),
  ];
}

/** Colours from so many days on. */
export const FORECAST_STEPS = [
  [BAD, null],
  [LATE, 7],
  [GOOD, 60],
] as const;

export function forecastPanel(): StatPanel {
  return statPanel({
    title: 'Disk full in',
    description:
      'How long the free space of each backend lasts if the trend of the last week continues. This needs a day of data.',
  })
    .unit('d')
    .decimals(0)
    .mappings(forecastMappings())
    .thresholds(thresholds(FORECAST_STEPS))
    .withTarget(instant(daysToFull()).legendFormat('{{backend}}'));
}
