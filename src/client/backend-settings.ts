import type { BackendConfig } from '../config/types.ts';
import { paceOf } from '../kinds/pace.ts';
import { backendTraits } from '../kinds/traits.ts';
import type { BackendSettings } from '../work/settings.ts';

/** The settings that the work at a backend needs from its configuration and its kind. */
export function backendSettings(config: BackendConfig): BackendSettings {
  const pace = paceOf(config, config.around !== undefined);
  return { ...config, pace, traits: backendTraits(config) };
}
