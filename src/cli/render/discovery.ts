import type { Discovery } from '../../config/types.ts';
import { agree, plural } from '../../runtime/plural.ts';
import { toned, type Line } from './line.ts';

/** The repositories that were found and are no clients, below a list of the clients; nothing if there are none. */
export function renderDiscovery({ glob, unconfigured, unused, isCut, fault }: Discovery): Line[] {
  if (fault !== undefined) return ['', [toned(fault, 'warning')]];
  const cut = isCut === true ? ['there are more directories than are checked'] : [];
  if (unconfigured === undefined || unconfigured === 0) return cut.flatMap((line) => ['', line]);
  const what = `${plural(unconfigured, 'repository', 'repositories')} of ${glob} ${agree(unconfigured, 'is no client', 'are no clients')}:`;
  const more = unconfigured - unused.length;
  return [
    ...['', [toned(what, 'warning')]],
    ...unused.map(({ directory, message }) => `  ${directory}: ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...cut,
  ];
}
