import type { BackendConfig, ClientConfig } from '../config/types.ts';
import { checkIntervalsOf } from '../kinds/check-intervals.ts';
import { backendTraits, isAtRemote, placeTraits } from '../kinds/traits.ts';
import type { BackendSettings } from '../work/settings.ts';

/** The settings that the work at a backend needs from its configuration and its kind. */
export function backendSettings(
  config: BackendConfig,
  { source, audit }: Pick<ClientConfig, 'source' | 'audit'>,
): BackendSettings {
  const isFetched = config.around !== undefined;
  const intervals = checkIntervalsOf(config, { isFetched, auditEveryMs: audit.everyMs });
  const isFar = isAtRemote(config) || placeTraits(source).isRemote;
  return { ...config, intervals, isFar, traits: backendTraits(config) };
}
