import { blame, type Layers } from './layers.ts';
import { describeOverlap, findOverlaps, isWithin, listPlaces } from './overlap.ts';
import type { ConfiguredPlace, Overlap } from './overlap.ts';
import { formatProblem } from './problem.ts';
import type { ClientConfig, Config, ConfigProblem } from './types.ts';

/** A valid client, with the files it came from. */
export interface Candidate {
  readonly layers: Layers;
  readonly client: ClientConfig;
}

/** A problem and its client. */
export interface Finding {
  readonly client: string;
  readonly problem: ConfigProblem;
}

type Directories = Pick<Config, 'stateDirectory' | 'runtimeDirectory'>;

/**
 * Finds directories that are the same or nested, within a client and between clients, by their text only. A client that is refused
 * for its own reasons does not run, so it is no reason to refuse another one.
 *
 * @param refused names of clients that have their own problems
 */
export function crossCheck(
  candidates: readonly Candidate[],
  directories: Directories | undefined,
  refused: ReadonlySet<string>,
): Finding[] {
  const layersOf = new Map(candidates.map(({ client, layers }) => [client, layers]));
  const places = candidates.flatMap(({ client }) => listPlaces(client));
  const report = (place: ConfiguredPlace, message: string): Finding[] => {
    const layers = layersOf.get(place.client);
    if (layers === undefined) return [];
    return [{ client: place.client.name, problem: blame(layers, place.key, message) }];
  };
  const findIn = (among: readonly ConfiguredPlace[]) => findOverlaps(among).flatMap(describe);
  const describe = ({ inner, outer }: Overlap): Finding[] => {
    const isSame = inner.client === outer.client;
    const message = describeShared(inner, outer, report);
    if (message !== undefined) return [...report(inner, message), ...report(outer, message)];
    const found = report(inner, describeOverlap(inner, outer));
    return isSame ? found : [...found, ...report(outer, describeOverlap(outer, inner))];
  };
  return [
    ...findIn(places.filter(({ client }) => !refused.has(client.name))),
    ...findIn(places).filter(({ client }) => refused.has(client)),
    ...places.flatMap((place) => checkOwnDirectories(place, directories, report)),
    ...candidates.flatMap(({ client, layers }) => checkRestoreDirectory(client, layers, places)),
  ];
}

/** Refuses a directory for restored files that is inside a repository. */
function checkRestoreDirectory(
  client: ClientConfig,
  layers: Layers,
  places: readonly ConfiguredPlace[],
): Finding[] {
  const { directory } = client.restoreCheck ?? {};
  if (directory === undefined) return [];
  const around = places.find((place) => place.isDirectory && isWithin(directory, place.directory));
  if (around === undefined) return [];
  const message = `"${directory}" is inside the ${around.role} of client ${around.client.name} ("${around.directory}"); choose a directory outside all sources and backends`;
  const problem = blame(layers, ['restoreCheck', 'directory'], message);
  return [{ client: client.name, problem }];
}

type Report = (place: ConfiguredPlace, message: string) => Finding[];

/** The message for a place that all clients share: the defaults lack `{client}`. */
function describeShared(
  a: ConfiguredPlace,
  b: ConfiguredPlace,
  report: Report,
): string | undefined {
  const isBetweenClients = a.client !== b.client && a.directory === b.directory;
  if (!isBetweenClients || placeText(report(a, '')) !== placeText(report(b, ''))) return undefined;
  const better = `${a.directory === '/' ? '' : a.directory}/{client}`;
  return `"${a.directory}" is one place for several clients; put {client} in the path, e.g. "${better}"`;
}

function placeText(findings: readonly Finding[]): string {
  return findings.map(({ problem }) => formatProblem(problem)).join('');
}

/** Refuses directories in which the daemon would write its state into a source, or over a replica. */
function checkOwnDirectories(
  place: ConfiguredPlace,
  directories: Directories | undefined,
  report: Report,
): Finding[] {
  if (directories === undefined) return [];
  const { stateDirectory, runtimeDirectory } = directories;
  const own = Object.entries({ stateDirectory, runtimeDirectory });
  const hit = own.find(([, directory]) => isWithin(directory, place.directory));
  if (hit === undefined) return [];
  const [key, directory] = hit;
  return report(
    place,
    `"${place.directory}" contains ${key} ("${directory}"), which the daemon writes to; choose a separate directory`,
  );
}
