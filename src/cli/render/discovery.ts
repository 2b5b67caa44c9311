import { discoveryInWords } from '../../report/discovery-in-words.ts';
import type { DiscoveryState } from '../../report/types.ts';
import { toned, wrap, type Line } from './line.ts';
import { INDENT } from './mark.ts';

/** The repositories that are no clients, below a list of the clients; nothing if there are none. */
export function renderDiscovery(state: DiscoveryState | undefined): Line[] {
  const words = discoveryInWords(state);
  if (words === undefined) return [];
  return [
    '',
    [toned(words.details.length > 0 ? `${words.heading}:` : words.heading, 'warning')],
    ...words.details.map((detail) => `${INDENT}${detail}`),
  ];
}

/** How many there are. */
export function summariseDiscovery(state: DiscoveryState | undefined, width: number): Line[] {
  const words = discoveryInWords(state);
  if (words === undefined) return [];
  const more = words.details.length === 0 ? '' : '; to see them, run: backup-syncd client list';
  return wrap(`${words.heading}${more}`, width).map((line) => [toned(line, 'warning')]);
}
