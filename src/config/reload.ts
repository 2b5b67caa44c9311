import { describeOverlap, findOverlaps, listPlaces } from './overlap.ts';
import type { ClientConfig, Config, ConfigProblem, LoadResult, Origins } from './types.ts';

export interface Reload {
  /** what should run now */
  readonly config: Config;
  /** by client: why its file is refused; its old configuration, if it had one, is in `config` */
  readonly refused: ReadonlyMap<string, readonly ConfigProblem[]>;
  /** changed keys of backup-syncd.yaml that need a restart; `config` has their old values */
  readonly needsRestart: readonly (typeof FIXED)[number][];
}

const FIXED = ['listen', 'stateDirectory', 'runtimeDirectory'] as const;

/**
 * Decides what a running daemon uses of a changed configuration. Pure. A bad client keeps its old configuration. A good client
 * that would share a place with it is refused, too. With problems in backup-syncd.yaml, nothing changes.
 */
export function planReload(previous: Config, loaded: LoadResult): Reload {
  const next = loaded.config;
  if (next === undefined) {
    return { config: previous, refused: loaded.clientProblems, needsRestart: [] };
  }
  const refused = new Map(loaded.clientProblems);
  let clients = chooseClients(previous, next, refused);
  for (;;) {
    const clashes = findClashes(clients, refused, loaded.origins);
    if (clashes.size === 0) break;
    for (const [name, problem] of clashes) refused.set(name, [problem]);
    clients = chooseClients(previous, next, refused);
  }
  const { listen, stateDirectory, runtimeDirectory } = previous;
  const config = { ...next, listen, stateDirectory, runtimeDirectory, clients };
  const needsRestart = FIXED.filter((key) => !isSame(previous[key], next[key]));
  return { config, refused, needsRestart };
}

/** Whether two configurations of a client are equivalent. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function chooseClients(
  previous: Config,
  next: Config,
  refused: ReadonlyMap<string, unknown>,
): ClientConfig[] {
  return [
    ...next.clients.filter(({ name }) => !refused.has(name)),
    ...previous.clients.filter(({ name }) => refused.has(name)),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** New configurations that overlap with one that stays in use. */
function findClashes(
  clients: readonly ClientConfig[],
  kept: ReadonlyMap<string, unknown>,
  origins: Origins,
): Map<string, ConfigProblem> {
  const clashes = new Map<string, ConfigProblem>();
  for (const { inner, outer } of findOverlaps(clients.flatMap(listPlaces))) {
    const [place, other] = kept.has(inner.client.name) ? [outer, inner] : [inner, outer];
    if (kept.has(place.client.name) || !kept.has(other.client.name)) continue;
    const message = `${describeOverlap(place, other)} (its old configuration stays in use)`;
    const { client, key } = place;
    clashes.set(client.name, origins.locate({ client, key, message }));
  }
  return clashes;
}
