import { findAgain, isSamePlace } from '../../config/discover/choose.ts';
import type { DiscoveryFacts } from '../../config/discover/facts.ts';
import { nameIn } from '../../config/discover/glob.ts';
import { removeFile } from '../../config/edit/replace-file.ts';
import type { ClientConfig, Config, DiscoverConfig } from '../../config/types.ts';
import { quoted } from '../../kinds/quoted.ts';
import { placeTraits } from '../../kinds/traits.ts';
import { discoveredFileOf } from '../../state/discovered-clients.ts';
import type { Written } from '../configured.ts';
import { clientFileOf, pathOf } from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';

/**
 * Removes the record that a client was discovered, so that it does not stay one when its repository is gone; returns whether there
 * was one. Throws, before anything is changed, if the repository is still there, or may be: discovery would make it a client again
 * at once.
 *
 * @param client absent if there is none, or if its file has problems
 */
export async function forgetDiscovered(
  written: Written,
  name: string,
  {
    config,
    client,
  }: { readonly config?: Config | undefined; readonly client?: ClientConfig | undefined },
): Promise<boolean> {
  const { discovery: facts } = written.read;
  if (facts === undefined || config?.discover === undefined) return false;
  if (client === undefined) {
    requireNoFile(written, name);
    return false;
  }
  const { label: source } = placeTraits(client.source);
  const given = { glob: config.discover.glob, facts };
  requireGone(given, { client, source });
  const records = facts.remembered.filter(
    (record) => record.name === name || isSamePlace(given, [record.directory, source]),
  );
  for (const { name: found } of records)
    await removeFile(discoveredFileOf(config.stateDirectory, found));
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
      `move it away first, e.g. mv ${quoted(again.directory)} /somewhere/else; or, to keep the repository and do nothing for it, run: backup-syncd client disable ${name} --reason TEXT`,
    );
  const cut =
    facts.isCut === true ? `${glob.text} has more directories than are checked` : undefined;
  const why = facts.fault ?? cut;
  if (why !== undefined && nameIn(glob, source) !== undefined)
    throw unknownAgain(name, why, 'correct that first');
}

/** Refuses files with problems, because their sources are unknown. */
function requireNoFile(written: Written, name: string): void {
  const path = clientFileOf(name);
  if (!written.read.files.some((file) => file.path === path)) return;
  const how = `correct ${pathOf(written, name)} first; if its repository is gone, you can also delete that file`;
  throw unknownAgain(name, `${path} has problems`, how);
}

function unknownAgain(name: string, why: string, hint: string): ExitError {
  return new ExitError(
    EXIT.unavailable,
    `${name} was not removed, because it is unknown whether discovery would find its repository again: ${why}`,
    hint,
  );
}
