import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { backendLook, lastKnown } from '../backend-states.ts';
import { BUSY, LATE, named, OFF, ranged, whenNull } from '../common.ts';
import { offline } from '../offline.ts';
import { byBackend, byClient } from '../queries.ts';

/**
 * A cell is one number, but has to say a lag, whether that is too long for this backend, how far a first copy is, or
 * why there is no lag. A lag within its limit is itself; the rest are numbers that no lag can be, which have a text.
 */
const PAUSED = -1;
const DOWN = -2;
const BLOCKED = -3;
const UNKNOWN = -4;
const OFFLINE = -5;
const LAST_KNOWN = -6;
const FIRST_COPY = -1000; // less the percentage
const TOO_LONG = 1e17; // plus the lag; more than any size, which stands in the same table

const PERCENT_STEP = 5;
const HOUR = 3600;
const DAY = 24 * HOUR;

export function lagCell(): string {
  const first = byBackend('backend_initial_copy');
  const blocked = byBackend('backend_state', 'state="blocked"');
  const up = byBackend('backend_up');
  const lag = byBackend('backend_replication_lag_seconds');
  const pending = `${byBackend('backend_pending_bytes')} / on (client) group_left () ${byClient('source_bytes')}`;
  const steps = `floor(${100 / PERCENT_STEP} * clamp(1 - ${pending}, 0, 1))`;
  const out = `(${up} == 0 or ${blocked} == 1)`;
  return [
    `${PAUSED} * (${byBackend('backend_state', 'state="paused"')} == 1)`,
    `${OFFLINE} + 0 * ${offline()}`,
    `(${FIRST_COPY} - ${PERCENT_STEP} * ${steps} and ${first} == 1 unless ${out})`,
    `(${FIRST_COPY} * (${first} == 1) unless ${out})`,
    `${TOO_LONG} + (${lag} > ${byBackend('expected_replication_lag_seconds')})`,
    `${BLOCKED} * (${blocked} == 1)`,
    `${DOWN} + (${up} == 0)`,
    lag,
    `${LAST_KNOWN} * max by (client, backend) ${lastKnown()}`,
    `${UNKNOWN} + 0 * ${first}`,
  ].join('\nor\n');
}

export function lagMappings(): ValueMapping[] {
  return [
    named({
      [PAUSED]: backendLook('paused'),
      [DOWN]: { text: 'down', color: LATE },
      [BLOCKED]: backendLook('blocked'),
      [OFFLINE]: { text: 'offline', color: OFF },
      [UNKNOWN]: backendLook('unknown'),
      [LAST_KNOWN]: backendLook('last_known'),
      ...Object.fromEntries(percentages()),
    }),
    ...tooLong(),
    whenNull({ text: 'not configured', color: OFF }), // for this client
  ];
}

function percentages(): [number, { text: string; color: string }][] {
  return Array.from({ length: 100 / PERCENT_STEP + 1 }, (_, step) => {
    const percent = step * PERCENT_STEP;
    return [FIRST_COPY - percent, { text: `first copy ${percent} %`, color: BUSY }];
  });
}

/** Coarse is enough here: the dashboard of the client is exact. */
function tooLong(): ValueMapping[] {
  const minutes = [0, 5, 10, 15, 30, 45].map((count) => [count * 60, `${count} min`] as const);
  const hours = [1, 2, 3, 4, 5, 6, 8, 10, 12, 18, 24, 36].map(
    (count) => [count * HOUR, `${count} h`] as const,
  );
  const days = [2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 60, 90].map(
    (count) => [count * DAY, `${count} d`] as const,
  );
  const all = [...minutes, ...hours, ...days];
  return all.map(([from, text], index) => {
    const next = all[index + 1]?.[0];
    const to = next === undefined ? null : TOO_LONG + next - 0.001;
    return ranged(TOO_LONG + from, to, { text: `late, ${text}`, color: LATE });
  });
}
