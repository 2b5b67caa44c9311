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
      const { name, kind, maxLagMs } = backend;
      const isUnverified = kind === 'script' && backend.verify === undefined;
      const counts = isUnverified ? { countsAsCopy: false as const } : {};
      return { name, kind, maxLagMs, location: locationOf(backend), ...counts };
    }),
  };
}

function locationOf(backend: BackendConfig): string {
  if (backend.kind === 'script' && backend.verify === undefined) return backend.script[0];
  const place = backend.kind === 'script' ? backend.verify : backend;
  return place === undefined ? '' : placeOf(place);
}
