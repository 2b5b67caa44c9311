import type { MakeActivity, MakeSourceActivity } from './activity.ts';
import { Audit } from './audit/audit.ts';
import { SourceAudit } from './audit/source-audit.ts';
import { Repair } from './audit/repair.ts';
import { readGroups } from './groups/read-groups.ts';
import { Sync } from './sync/sync.ts';

/** The activities at a backend, each on its own schedule. If several are due, they run in this order. */
export const ACTIVITIES: readonly MakeActivity[] = [
  // first, so that the sync sends again what it finds lost
  (place, inspections) =>
    place.config.traits.countsAsCopy ? new Audit(place, inspections) : undefined,
  (place, inspections) => new Sync(place, inspections),
  // after it, because what the source can give comes from there
  (place, inspections) =>
    place.backend.managed === undefined ? undefined : new Repair(place, inspections),
];

/** The activities at the source, each on its own schedule. */
export const SOURCE_ACTIVITIES: readonly MakeSourceActivity[] = [
  (place) => readGroups(place),
  (place) => new SourceAudit(place),
];
