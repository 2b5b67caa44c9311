import type { BackendConfig, ClientConfig } from '../config/types.ts';
import { checkIntervalsOf } from '../kinds/check-intervals.ts';
import { backendTraits, labelOf, placeTraits } from '../kinds/traits.ts';
import type { Schedule } from '../report/activities.ts';
import { RESTORE_CHECK, restoreCheckEveryMs } from '../work/restore-check/restore-check.ts';
import { isRestorable } from './restore-checks.ts';
import type { ReportSettings } from '../report/derive.ts';

/** The part of a client's configuration that its report needs. */
export function reportSettings(config: ClientConfig): ReportSettings {
  const { source, expect, audit, backends } = config;
  const auditEveryMs = (backend: BackendConfig) =>
    checkIntervalsOf(backend, { isFetched: false, auditEveryMs: audit.everyMs }).auditEveryMs;
  return {
    ...expect,
    pollMs: source.pollMs,
    sourceLocation: placeTraits(source).label,
    canRestore: source.password !== undefined,
    sourceSchedules: [{ name: 'audit', everyMs: audit.everyMs }, ...restoreSchedule(config)],
    backends: backends.map((backend) => {
      const { name, kind, maxLagMs, seenWithinMs, offlineMs } = backend;
      const { countsAsCopy, hasMarker } = backendTraits(backend);
      return {
        name,
        kind,
        maxLagMs,
        seenWithinMs,
        hasMarker,
        location: labelOf(backend),
        ...(offlineMs !== undefined && { offlineMs }),
        ...(countsAsCopy
          ? {
              schedules: [
                { name: 'audit', everyMs: auditEveryMs(backend) },
                ...restoreSchedule(config),
              ],
            }
          : { countsAsCopy }),
      };
    }),
  };
}

/** The schedule of restore checks at each place that can be restored from: they take turns. */
function restoreSchedule({ restoreCheck, backends }: ClientConfig): Schedule[] {
  const places = 1 + backends.filter(isRestorable).length;
  const everyMs = restoreCheck && restoreCheckEveryMs(restoreCheck, places);
  return everyMs === undefined ? [] : [{ name: RESTORE_CHECK, everyMs }];
}
