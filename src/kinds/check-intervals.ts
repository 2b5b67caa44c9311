import { DAY_MS } from '../runtime/units.ts';
import type { CheckIntervals } from '../work/settings.ts';
import type { PlaceConfig } from './place-config.ts';
import { backendTraits, placeTraits } from './traits.ts';

interface IntervalsQuestion {
  /** it has to be mounted or woken first, which is not done only to check it */
  readonly isFetched: boolean;
  /** of the client: `audit.every`, in milliseconds; the place may have its own interval */
  readonly auditEveryMs: number;
}

export function checkIntervalsOf(
  backend: PlaceConfig,
  { isFetched, auditEveryMs }: IntervalsQuestion,
): CheckIntervals {
  const { seenAt } = backendTraits(backend);
  const place = seenAt && placeTraits(seenAt.config);
  return {
    probeEveryMs: place?.probeEveryMs ?? (isFetched ? DAY_MS : undefined),
    auditEveryMs: place?.listEveryMs ?? auditEveryMs,
  };
}
