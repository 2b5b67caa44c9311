import { mergeSource } from '../merge.ts';
import type { ClientFiles } from '../settings.ts';
import { mapOf, parseYamlFile, type Values } from '../yaml-file.ts';
import { editYaml, setInYaml } from './edit-yaml.ts';

/**
 * The text of a client's file under its new name. Its places stay where they are: what contains `{client}`, in the file or in the
 * defaults, is written out with the old name. Pure.
 *
 * @returns undefined if the file is not a map, or not valid YAML
 */
export function renamedText({ name, client, daemon }: ClientFiles): string | undefined {
  const own = mapOf(parseYamlFile(client).value);
  const defaults = mapOf(mapOf(daemon && parseYamlFile(daemon).value)['defaults']);
  const former = Array.isArray(own['formerly']) ? (own['formerly'] as unknown[]) : [];
  let text = editYaml(client.text.replaceAll(TEMPLATE, name), { formerly: [name, ...former] });
  for (const [key, inherited] of Object.entries(defaults)) {
    const added = writtenOut({ key, own: own[key], inherited }, name);
    if (added !== undefined) text &&= addTo(text, key, { own, added });
  }
  return text;
}

const TEMPLATE = '{client}';

/** The inherited values that depend on the client's name; undefined if none does. */
function writtenOut(
  {
    key,
    own,
    inherited,
  }: { readonly key: string; readonly own: unknown; readonly inherited: unknown },
  name: string,
): unknown {
  if (Array.isArray(inherited))
    return own === undefined && dependsOnName(inherited) ? filled(inherited, name) : undefined;
  const merged = key === 'source' ? mergeSource(mapOf(inherited), mapOf(own)) : mapOf(inherited);
  const entries = Object.entries(merged).filter(
    ([inner, value]) => !(inner in mapOf(own)) && dependsOnName(value),
  );
  return entries.length === 0 ? undefined : filled(Object.fromEntries(entries), name);
}

function addTo(
  text: string,
  key: string,
  { own, added }: { readonly own: Values; readonly added: unknown },
): string | undefined {
  if (own[key] === undefined || Array.isArray(added)) return editYaml(text, { [key]: added });
  let edited: string | undefined = text;
  for (const [inner, value] of Object.entries(mapOf(added)))
    edited &&= setInYaml(edited, [key, inner], value);
  return edited;
}

function dependsOnName(value: unknown): boolean {
  return JSON.stringify(value).includes(TEMPLATE);
}

function filled(value: unknown, name: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(TEMPLATE, name));
}
