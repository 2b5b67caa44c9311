import { placeOf } from '../config/overlap.ts';
import type { BackendConfig, ClientConfig } from '../config/types.ts';
import type { ReportSettings } from '../report/derive.ts';

/** The part of a client's configuration that its report speaks of. */
export function reportSettings(config: ClientConfig, configError?: string): ReportSettings {
  const { source, expect, backends } = config;
  return {
    ...expect,
    configError,
    pollMs: source.pollMs,
    sourceLocation: placeOf(source),
    backends: backends.map((backend) => {
      const { name, kind, maxLagMs, seenWithinMs, offlineMs } = backend;
      const isUnverified = kind === 'script' && backend.verify === undefined;
      const counts = isUnverified ? { countsAsCopy: false as const } : {};
      const away = offlineMs === undefined ? {} : { offlineMs };
      const location = locationOf(backend);
      return { name, kind, maxLagMs, seenWithinMs, location, ...away, ...counts };
    }),
  };
}

function locationOf(backend: BackendConfig): string {
  if (backend.kind === 'script' && backend.verify === undefined) return backend.script[0];
  const place = backend.kind === 'script' ? backend.verify : backend;
  return place === undefined ? '' : placeOf(place);
}
