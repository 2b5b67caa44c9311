import { rm } from 'node:fs/promises';
import { findAgain, isSamePlace } from '../../config/discover/choose.ts';
import type { DiscoveryFacts } from '../../config/discover/facts.ts';
import { nameIn } from '../../config/discover/glob.ts';
import type { ClientConfig, Config, DiscoverConfig } from '../../config/types.ts';
import { quoted } from '../../kinds/quoted.ts';
import { placeTraits } from '../../kinds/traits.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import { discoveredFileOf } from '../../state/discovered-clients.ts';
import type { Written } from '../configured.ts';
import { EXIT, ExitError } from '../exit-error.ts';

/**
 * Removes the record that a client was discovered, so that it does not stay one when its repository is gone; answers whether there
 * was one. Throws, before anything is changed, if the repository is still there: discovery would make it a client again at once.
 */
export async function forgetDiscovered(
  { read: { discovery: facts } }: Written,
  config: Config | undefined,
  client: ClientConfig | undefined,
): Promise<boolean> {
  if (facts === undefined || config?.discover === undefined || client === undefined) return false;
  const { label: source } = placeTraits(client.source);
  const given = { glob: config.discover.glob, facts };
  requireGone(given, { client, source });
  const records = facts.remembered.filter(
    ({ name, directory }) => name === client.name || isSamePlace(given, [directory, source]),
  );
  for (const { name } of records) await remove(discoveredFileOf(config.stateDirectory, name));
  return records.length > 0;
}

function requireGone(
  { glob, facts }: Pick<DiscoverConfig, 'glob'> & { readonly facts: DiscoveryFacts },
  { client: { name }, source }: { readonly client: ClientConfig; readonly source: string },
): void {
  const again = findAgain({ glob, facts }, source);
  if (again !== undefined)
    throw new ExitError(
      EXIT.failed,
      `${name} was not removed: its repository ${again.directory} is still there, and discovery would make it a client again`,
      `to keep the repository and do nothing for it, run: backup-syncd client disable ${name} --reason TEXT; otherwise move it away first, e.g. mv ${quoted(again.directory)} /somewhere/else`,
    );
  if (facts.fault !== undefined && nameIn(glob, source) !== undefined)
    throw new ExitError(
      EXIT.unavailable,
      `${name} was not removed, because it is unknown whether discovery would find its repository again: ${facts.fault}`,
      'correct that first',
    );
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new ExitError(
      EXIT.unavailable,
      `cannot remove ${path}: ${errorMessage(error)}`,
      'nothing was changed; run the command as root, or as the owner of the directory',
    );
  }
}
