import type { BackendRole, BackendTraits, KindRole } from './kind.ts';
import type { PlaceConfig } from './place-config.ts';

/** The common traits of backends that backup-syncd writes to. */
export function marked(role: KindRole): BackendRole {
  return { ...role, traits: traitsOf, load: async () => import('./raw.ts') };
}

function traitsOf(config: PlaceConfig): BackendTraits {
  return {
    hasMarker: true,
    countsAsCopy: true,
    isRunContact: false,
    mayDelete: false,
    seenAt: { config, key: [config.kind], isOnlyRead: false },
    programs: {},
  };
}
