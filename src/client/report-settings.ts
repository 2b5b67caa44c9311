import type { BackendConfig, ClientConfig } from '../config/types.ts';
import { paceOf } from '../kinds/pace.ts';
import { backendTraits, labelOf, placeTraits } from '../kinds/traits.ts';
import type { ReportSettings } from '../report/derive.ts';

/** The part of a client's configuration that its report needs. */
export function reportSettings(config: ClientConfig, configError?: string): ReportSettings {
  const { source, expect, audit, backends } = config;
  const auditEveryMs = (backend: BackendConfig) =>
    paceOf(backend, { isFetched: false, auditEveryMs: audit.everyMs }).auditEveryMs;
  return {
    ...expect,
    configError,
    pollMs: source.pollMs,
    sourceLocation: placeTraits(source).label,
    sourceSchedules: [{ name: 'audit', everyMs: audit.everyMs }],
    backends: backends.map((backend) => {
      const { name, kind, maxLagMs, seenWithinMs, offlineMs } = backend;
      const { countsAsCopy, hasMarker } = backendTraits(backend);
      return {
        ...{ name, kind, maxLagMs, seenWithinMs, hasMarker },
        location: labelOf(backend),
        ...(offlineMs !== undefined && { offlineMs }),
        ...(countsAsCopy
          ? { schedules: [{ name: 'audit', everyMs: auditEveryMs(backend) }] }
          : { countsAsCopy }),
      };
    }),
  };
}
