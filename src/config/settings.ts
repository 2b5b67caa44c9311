import { $ZodArray, $ZodObject, $ZodOptional, $ZodType, globalRegistry } from 'zod/v4/core';
import { keysOfOthers } from '../kinds/given-kind.ts';
import { KINDS } from '../kinds/registry.ts';
import { computedSettings } from './computed-settings.ts';
import { mergeSource } from './merge.ts';
import { client as clientSchema } from './schema/client.ts';
import type { ClientConfig, ConfigFile } from './types.ts';
import { mapOf, parseYamlFile, type KeyPath, type Values, type YamlFile } from './yaml-file.ts';

/** One value that applies to a client, as it is written, and where. */
export interface Setting {
  /** `source.directory`, `backends.nas.maxLag` */
  readonly key: string;
  /** with the name of the client for `{client}` */
  readonly value: unknown;
  /** relative to the configuration directory; absent: the program's default */
  readonly file?: string;
  readonly line?: number;
}

/** The files that a client's configuration comes from. */
export interface ClientFiles {
  readonly name: string;
  readonly client: ConfigFile;
  /** absent: there is no backup-syncd.yaml */
  readonly daemon: ConfigFile | undefined;
}

interface Sources {
  readonly client: YamlFile;
  readonly daemon: YamlFile | undefined;
  readonly fill: (value: unknown) => unknown;
  /** defaults that follow from other settings */
  readonly computed: ReadonlyMap<string, unknown>;
}

/**
 * The values of a client's own file over the defaults, and the program's own defaults where neither has a value. Pure; shows what
 * is written, whether it is valid or not.
 *
 * @param built the client that follows from the files; without it, defaults that follow from other settings are left out
 */
export function listSettings(
  { name, client, daemon }: ClientFiles,
  built?: ClientConfig,
): Setting[] {
  const sources: Sources = {
    computed: built === undefined ? new Map() : computedSettings(built),
    client: parseYamlFile(client),
    daemon: daemon && parseYamlFile(daemon),
    fill: (value) => JSON.parse(JSON.stringify(value).replaceAll('{client}', name)) as unknown,
  };
  const own = mapOf(sources.client.value);
  const defaults = mapOf(mapOf(sources.daemon?.value)['defaults']);
  return Object.entries(shapeOf(clientSchema)).flatMap(([key, schema]) => {
    const inner = unwrap(schema);
    const given = { own: own[key], inherited: defaults[key] };
    if (key === 'restoreCheck' && !isUsed(built, given)) return [];
    if (inner instanceof $ZodArray) return listSettingsOf(sources, { key, schema: inner }, given);
    if (inner instanceof $ZodObject) return mapSettings(sources, { key, schema: inner }, given);
    return settingAt(sources, [key], { ...given, schema });
  });
}

interface Given {
  readonly own: unknown;
  readonly inherited: unknown;
}

/** Without a password, the defaults for restore checks do not apply. */
function isUsed(built: ClientConfig | undefined, { own, inherited }: Given): boolean {
  if (own !== undefined) return true;
  return inherited !== undefined && (built === undefined || built.restoreCheck !== undefined);
}

function mapSettings(
  sources: Sources,
  { key, schema }: { readonly key: string; readonly schema: $ZodObject },
  given: Given,
): Setting[] {
  const own = mapOf(given.own);
  const inherited = mapOf(given.inherited);
  const merged: Values = key === 'source' ? mergeSource(inherited, own) : { ...inherited, ...own };
  const foreign = key === 'source' ? keysOfOthers(merged, KINDS, 'source') : new Set<string>();
  const keys = new Set([...Object.keys(merged), ...Object.keys(shapeOf(schema))]);
  return [...keys]
    .filter((inner) => inner in merged || !foreign.has(inner))
    .flatMap((inner) =>
      settingAt(sources, [key, inner], {
        own: own[inner],
        inherited: inner in merged ? inherited[inner] : undefined,
        schema: shapeOf(schema)[inner],
      }),
    );
}

/** A list of the client's own replaces that of the defaults. */
function listSettingsOf(
  sources: Sources,
  { key, schema }: { readonly key: string; readonly schema: $ZodArray },
  { own, inherited }: Given,
): Setting[] {
  const list = own ?? inherited;
  if (!Array.isArray(list)) return [];
  const isOwn = own !== undefined;
  return list.flatMap((entry: unknown, index) => {
    const { name = index, ...values } = mapOf(entry);
    const keyOf = (inner: string) => [key, name, inner].map(String).join('.');
    const written = Object.entries(values).map(([inner, value]) => ({
      key: keyOf(inner),
      value: sources.fill(value),
      ...placeOf(sources, [key, index, inner], isOwn),
    }));
    const { element } = schema._zod.def;
    const shape = element instanceof $ZodObject ? shapeOf(element) : {};
    const foreign = keysOfOthers(values, KINDS, 'backend');
    const others = Object.entries(shape).filter(
      ([inner]) => !(inner in values || foreign.has(inner)),
    );
    return [
      ...written,
      ...others.flatMap(([inner, each]) => defaultAt(sources, keyOf(inner), each)),
    ];
  });
}

function settingAt(
  sources: Sources,
  path: readonly string[],
  { own, inherited, schema }: Given & { readonly schema: unknown },
): Setting[] {
  const key = path.join('.');
  if (own !== undefined || inherited !== undefined) {
    const isOwn = own !== undefined;
    const value = sources.fill(isOwn ? own : inherited);
    return [{ key, value, ...placeOf(sources, path, isOwn) }];
  }
  return defaultAt(sources, key, schema);
}

function defaultAt({ computed }: Sources, key: string, schema: unknown): Setting[] {
  const value = computed.has(key) ? computed.get(key) : defaultOf(schema);
  return value === undefined ? [] : [{ key, value }];
}

function placeOf(sources: Sources, path: KeyPath, isOwn: boolean): Pick<Setting, 'file' | 'line'> {
  const file = isOwn ? sources.client : sources.daemon;
  const place = file?.locate(isOwn ? path : ['defaults', ...path], 'key');
  if (file === undefined) return {};
  return { file: file.path, ...(place !== undefined && { line: place.line }) };
}

function defaultOf(schema: unknown): unknown {
  const inner = unwrap(schema);
  return inner instanceof $ZodType ? globalRegistry.get(inner)?.['default'] : undefined;
}

function unwrap(schema: unknown): unknown {
  return schema instanceof $ZodOptional ? schema._zod.def.innerType : schema;
}

function shapeOf(schema: $ZodObject | typeof clientSchema): Readonly<Record<string, unknown>> {
  return schema._zod.def.shape;
}
