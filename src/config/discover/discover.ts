import { placeTraits } from '../../kinds/traits.ts';
import type { Checked } from '../check-file.ts';
import { checkFile } from '../check-file.ts';
import type { Candidate } from '../cross-check.ts';
import { newClientText } from '../edit/new-client.ts';
import type { Layers } from '../layers.ts';
import { buildClient, type Built } from '../merge.ts';
import { describeOverlap, findOverlaps, listPlaces, type ConfiguredPlace } from '../overlap.ts';
import { client as clientSchema } from '../schema/client.ts';
import type { DaemonFile } from '../schema/daemon.ts';
import type { DiscoverConfig, Discovery } from '../types.ts';
import { parseYamlFile } from '../yaml-file.ts';
import { chooseDiscovered, type Unused } from './choose.ts';
import type { Discovered, DiscoveryFacts } from './facts.ts';

/** A client that is built, with what it was built from. */
export interface BuiltClient extends Built {
  readonly layers: Layers;
}

interface Given {
  readonly settings: DiscoverConfig;
  readonly facts: DiscoveryFacts;
  readonly daemon: Checked<DaemonFile>;
  /** the clients that have a file */
  readonly own: readonly BuiltClient[];
}

/** How many of the repositories that are no clients are named. */
const MOST_NAMED = 20;

/** The clients that come from directories, and the repositories that do not become clients. */
export interface DiscoveredClients {
  readonly built: readonly BuiltClient[];
  readonly discovery: Discovery;
}

/** Decides which repositories become clients, and builds these. Pure. */
export function discoverClients({ settings, facts, daemon, own }: Given): DiscoveredClients {
  const unclear = own.find(({ client }) => client === undefined);
  const choice = chooseDiscovered({
    glob: settings.glob,
    max: settings.max,
    facts,
    names: new Set(own.map(({ layers }) => layers.name)),
    sources: sourcesOf(own),
    ...(unclear !== undefined && { unclear: unclear.layers.client.file.path }),
  });
  const built = choice.clients.map((each) => buildDiscovered(each, daemon));
  const remembered = new Set(facts.remembered.map(({ name }) => name));
  const overlapping = dropOverlapping(built, { own, remembered });
  const isDropped = new Map(overlapping.map((each) => [each.directory, each]));
  const unused = [...choice.unused, ...overlapping];
  const { fault, isCut = false } = facts;
  return {
    built: built.filter(({ layers }) => !isDropped.has(layers.client.file.path)),
    discovery: {
      glob: settings.glob.text,
      ...(fault === undefined ? { unconfigured: unused.length } : { fault }),
      ...(isCut && { isCut }),
      unused: unused.slice(0, MOST_NAMED),
    },
  };
}

/** The directories of the sources of these clients. */
export function sourcesOf(clients: readonly BuiltClient[]): string[] {
  return clients.flatMap(({ client }) => {
    const { isDirectory = false, label = '' } = client ? placeTraits(client.source) : {};
    return isDirectory ? [label] : [];
  });
}

/** The text of a file that would configure a discovered client. */
export function textOfDiscovered({ directory }: Discovered): string {
  return newClientText({ source: directory }) ?? '';
}

/** Problems of such a client name its directory, as there is no file. */
function buildDiscovered(found: Discovered, daemon: Checked<DaemonFile>): BuiltClient {
  const text = textOfDiscovered(found);
  const checked = checkFile(parseYamlFile({ path: found.directory, text }), clientSchema);
  const locate: typeof checked.file.locate = (path, part) =>
    checked.file.locate(path, part) && { line: 0, column: 0 };
  const client = { ...checked, file: { ...checked.file, locate } };
  const layers: Layers = { name: found.name, client, daemon };
  const built = buildClient(layers);
  return {
    ...built,
    layers,
    ...(built.client !== undefined && { client: { ...built.client, isDiscovered: true } }),
  };
}

/** Discovered clients that share a place with one that was there before them: these would be refused otherwise. */
function dropOverlapping(
  found: readonly BuiltClient[],
  { own, remembered }: { readonly own: readonly BuiltClient[]; readonly remembered: Set<string> },
): Unused[] {
  const ranks = new Map<unknown, number>([
    ...own.map(({ client }) => [client, 0] as const),
    ...found.map(({ client, layers }) => [client, remembered.has(layers.name) ? 1 : 2] as const),
  ]);
  const rankOf = ({ client }: ConfiguredPlace): number => ranks.get(client) ?? 0;
  const dropped = new Map<Candidate['client'], Unused>();
  for (let isClean = false; !isClean;) {
    isClean = true;
    const clients = [...own, ...found].flatMap(({ client }) =>
      client === undefined || dropped.has(client) ? [] : [client],
    );
    for (const { inner, outer } of findOverlaps(clients.flatMap(listPlaces))) {
      const [later, earlier] = rankOf(inner) > rankOf(outer) ? [inner, outer] : [outer, inner];
      if (rankOf(later) === rankOf(earlier)) continue;
      isClean = false;
      const { file: directory } = later.client;
      const message = `is not used, because ${describeOverlap(later, earlier)}`;
      dropped.set(later.client, { directory, message });
    }
  }
  return [...dropped.values()];
}
