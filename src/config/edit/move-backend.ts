import { kindOfGiven } from '../../kinds/given-kind.ts';
import { KINDS } from '../../kinds/registry.ts';
import type { ClientFiles } from '../settings.ts';
import { mapOf, parseYamlFile } from '../yaml-file.ts';
import { editYaml, setInYaml } from './edit-yaml.ts';

/** A backend and its new place, as it was typed. */
export interface Move {
  readonly backend: string;
  readonly to: string;
}

/**
 * The text of a client's file with one backend at another place of its kind. If the backend comes from the defaults, the client
 * gets a list of its own. Pure.
 *
 * @returns undefined if there is no such backend, or if its kind of place cannot be there
 */
export function movedText(
  { client, daemon }: ClientFiles,
  { backend, to }: Move,
): string | undefined {
  const own = mapOf(parseYamlFile(client).value)['backends'];
  const defaults = mapOf(mapOf(daemon && parseYamlFile(daemon).value)['defaults']);
  const list = own ?? defaults['backends'];
  if (!Array.isArray(list)) return undefined;
  const index = list.findIndex((each) => mapOf(each)['name'] === backend);
  const entry = mapOf(list[index]);
  const kind = kindOfGiven(entry, KINDS, 'backend');
  const accepts = kind?.backend?.keys(KINDS)[kind.name]?.safeParse(to).success === true;
  if (kind === undefined || !accepts) return undefined;
  if (own !== undefined) return setInYaml(client.text, ['backends', index, kind.name], to);
  return editYaml(client.text, { backends: list.with(index, { ...entry, [kind.name]: to }) });
}
