import { DAY_MS } from '../runtime/units.ts';
import type { Pace } from '../work/settings.ts';
import type { PlaceConfig } from './place-config.ts';
import { backendTraits, placeTraits } from './traits.ts';

interface PaceQuestion {
  /** it has to be mounted or woken first, which is not done only to check it */
  readonly isFetched: boolean;
  /** of the client: `audit.every`, in milliseconds; the place may have its own interval */
  readonly auditEveryMs: number;
}

export function paceOf(backend: PlaceConfig, { isFetched, auditEveryMs }: PaceQuestion): Pace {
  const { seenAt } = backendTraits(backend);
  const place = seenAt && placeTraits(seenAt.config);
  return {
    probeEveryMs: place?.probeEveryMs ?? (isFetched ? DAY_MS : undefined),
    auditEveryMs: place?.listEveryMs ?? auditEveryMs,
  };
}
