import { optional } from '../runtime/optional.ts';
import { HOUR_MS } from '../runtime/units.ts';
import { blame, type Layers } from './layers.ts';
import type { ClientFile } from './schema/client.ts';
import type { ConfigProblem, ExpectedGroup, Expectations } from './types.ts';

/** Each group is a row on the page and in `status`, and each is searched for in every snapshot. */
const MOST_GROUPS = 64;

type ExpectFile = NonNullable<ClientFile['expect']>;

/** How late a snapshot may be, if that is not configured. */
export function defaultGraceMs(snapshotEveryMs: number | null): number {
  return Math.max(2 * HOUR_MS, (snapshotEveryMs ?? 0) / 4);
}

/**
 * Each host with each path, or each of those that are given. If both have their own interval, the longer one counts. Pure.
 *
 * @param commonMs the client's interval
 * @param fill fills in `{client}`
 */
export function buildGroups(
  given: ExpectFile,
  commonMs: number | null,
  fill: (template: string) => string,
): ExpectedGroup[] {
  const paths = (given.paths ?? []).map((one) => (typeof one === 'string' ? { path: one } : one));
  const hosts = (given.hosts ?? []).map((one) => (typeof one === 'string' ? { host: one } : one));
  const build = (host: Partial<Host>, path: Partial<Path>): ExpectedGroup => {
    const own = [host.snapshotEvery, path.snapshotEvery].filter((every) => every !== undefined);
    const snapshotEveryMs = own.length === 0 ? commonMs : Math.max(...own);
    return {
      ...optional({ host: host.host && fill(host.host), path: path.path && fill(path.path) }),
      snapshotEveryMs,
      graceMs: given.grace ?? defaultGraceMs(snapshotEveryMs),
    };
  };
  if (hosts.length === 0 && paths.length === 0) return [];
  const all = orAny(hosts).flatMap((host) => orAny(paths).map((path) => build(host, path)));
  return all.filter((group, i) => all.findIndex((other) => isSame(other, group)) === i);
}

function orAny<T>(list: readonly Partial<T>[]): readonly Partial<T>[] {
  return list.length === 0 ? [{}] : list;
}

function isSame(a: ExpectedGroup, b: ExpectedGroup): boolean {
  return a.host === b.host && a.path === b.path;
}

type Path = Exclude<NonNullable<ExpectFile['paths']>[number], string>;
type Host = Exclude<NonNullable<ExpectFile['hosts']>[number], string>;

/** @param hasPassword whether the source's password is configured */
export function checkGroups(
  layers: Layers,
  { groups = [] }: Expectations,
  hasPassword: boolean,
): ConfigProblem[] {
  const [first] = groups;
  if (first === undefined) return [];
  const key = first.path === undefined ? 'hosts' : 'paths';
  const problem = (message: string) => [blame(layers, ['expect', key], message)];
  if (groups.length > MOST_GROUPS)
    return problem(
      `${groups.length} combinations of a host and a path are expected; at most ${MOST_GROUPS} are possible`,
    );
  if (hasPassword) return [];
  return problem(
    "needs the repository's password, because snapshots are encrypted: write source.password, e.g. password: { file: /etc/backup-syncd/secrets/NAME }, or remove it",
  );
}
