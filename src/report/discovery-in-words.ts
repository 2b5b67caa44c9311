import { agree, grouped, plural } from '../runtime/plural.ts';
import type { DiscoveryState } from './types.ts';

/** The repositories that are no clients, in words. */
export interface DiscoveryInWords {
  readonly heading: string;
  /** the first repositories, each with the reason and what to do */
  readonly details: readonly string[];
}

/** Describes the repositories that are no clients; undefined if there are none. */
export function discoveryInWords(state: DiscoveryState | undefined): DiscoveryInWords | undefined {
  if (state === undefined) return undefined;
  const { glob, unconfigured = 0, unused, isCut, fault } = state;
  if (fault !== undefined) return { heading: fault, details: [] };
  const cut = isCut === true ? [`${glob} has more directories than are checked`] : [];
  const [only = ''] = cut;
  if (unconfigured === 0) return only === '' ? undefined : { heading: only, details: [] };
  const more = unconfigured - unused.length;
  return {
    heading: `${plural(unconfigured, 'repository', 'repositories')} of ${glob} ${agree(unconfigured, 'is no client', 'are no clients')}`,
    details: [
      ...unused.map(({ directory, message }) => `${directory}: ${message}`),
      ...(more > 0 ? [`and ${grouped(more)} more`] : []),
      ...cut,
    ],
  };
}
