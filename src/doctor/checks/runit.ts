import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sharesAddress } from '../../config/shared-address.ts';
import type { Config } from '../../config/types.ts';
import { findDisagreement } from '../../runit/disagreement.ts';
import {
  clientDirectory,
  daemonService,
  linkOf,
  LINKS_FOLDER,
  SERVICES_FOLDER,
} from '../../runit/layout.ts';
import {
  findRunit,
  readLinks,
  readServices,
  unlessMissing,
  type Services,
} from '../../runit/tree.ts';
import { plural } from '../../runtime/plural.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';

/** The runit tree, and what the configuration says. */
export interface RunitFacts {
  readonly runit: string;
  readonly config: Pick<Config, 'clients' | 'disabled' | 'listen'>;
  /** by client */
  readonly services: ReadonlyMap<string, Services>;
  /** names of links that belong to no client */
  readonly strangers: readonly string[];
  /** what has to be a directory, and is a link to one */
  readonly links: readonly string[];
  /** files and directories that another user than root can change */
  readonly writable: readonly string[];
}

/** Whether runit runs what the files of clients say, and nobody but root can change what it runs. Nothing where there is no tree. */
export const runit: Check = {
  name: 'runit',
  run: async ({ config, problems }) => {
    const tree = config && (await findRunit(config.directory));
    if (config === undefined || tree === undefined) return [];
    const names = [...config.clients, ...config.disabled].map(({ name }) => name);
    const services = names.map(async (name) => [name, await readServices(tree, name)] as const);
    const isKnown = (name: string) =>
      names.includes(name) || problems.some(({ file }) => file === `clients/${name}.yaml`);
    return judgeRunit({
      runit: tree,
      config,
      services: new Map(await Promise.all(services)),
      strangers: (await readLinks(tree)).filter((name) => !isKnown(name)),
      links: await findLinks(tree, names),
      writable: await findWritable(config.directory, tree),
    });
  },
};

/** Pure. */
export function judgeRunit(facts: RunitFacts): readonly Judgement[] {
  const { runit: directory, config, services } = facts;
  const problems = [
    ...writableByOthers(facts),
    ...facts.links.map(misplaced),
    ...links(facts),
    ...addresses(config),
  ];
  if (problems.length > 0) return problems;
  const linked = [...services.values()].filter(({ link }) => link === 'ours').length;
  return [
    { severity: 'ok', message: `${plural(linked, 'link')} in ${directory}/enabled, as files say` },
  ];
}

function links({ runit: directory, config, services, strangers }: RunitFacts): Judgement[] {
  const running = new Set(config.clients.map(({ name }) => name));
  const wrong = [...services].flatMap(([client, found]): Judgement[] => {
    const disagreement = findDisagreement(client, running.has(client), found);
    return disagreement ? [{ severity: 'error', client, ...disagreement }] : [];
  });
  return [
    ...wrong,
    ...strangers.map((name): Judgement => ({
      severity: 'warning',
      message: `runit runs ${name}, which is no client`,
      hint: `as root, run: rm -- '${linkOf(directory, name)}'`,
    })),
  ];
}

function misplaced(path: string): Judgement {
  return {
    severity: 'error',
    message: `${path} is a link; the scripts and links of the tree work only if it is a directory`,
    hint: 'as root, move the directory that it leads to here, in place of the link',
  };
}

/** Each client has a daemon of its own. */
function addresses(config: RunitFacts['config']): Judgement[] {
  return config.clients.flatMap((client): Judgement[] => {
    const other = sharesAddress(config, client);
    if (other === undefined || other.name < client.name) return [];
    const { host, port } = client.listen ?? config.listen;
    return [
      {
        severity: 'error',
        client: client.name,
        message: `its daemon and that of ${other.name} listen at the same address, ${host}:${port}`,
        hint: `set \`listen\` in clients/${client.name}.yaml to another port`,
      },
    ];
  });
}

function writableByOthers({ runit: directory, writable: [first, ...others] }: RunitFacts) {
  if (first === undefined) return [];
  const count = others.length + 1;
  const more = count === 1 ? '' : `, and ${plural(others.length, 'other path')}`;
  const severity = 'error' as const;
  const [all, what] = first.startsWith(directory) ? ['-R ', directory] : ['', first];
  return [
    {
      severity,
      message: `another user than root can change ${first}${more}`,
      // the group stays, because through it the daemon may read its configuration
      hint: `runit runs what is there as root; as root, run: chown ${all}root '${what}' && chmod ${all}go-w '${what}'`,
    },
  ];
}

async function findLinks(tree: string, clients: readonly string[]): Promise<string[]> {
  const folders = [SERVICES_FOLDER, LINKS_FOLDER].map((name) => join(tree, name));
  const below = clients.flatMap((name) => [clientDirectory(tree, name), daemonService(tree, name)]);
  const paths = [tree, ...folders, ...below];
  const found = await Promise.all(paths.map((path) => unlessMissing(lstat(path))));
  return paths.filter((_, i) => found[i]?.isSymbolicLink());
}

/**
 * The directory above decides, too, because a folder in it can be exchanged. Only root may own any of it, whoever owns the rest: the
 * scripts of the tree change their user, so runit runs as root.
 */
async function findWritable(above: string, tree: string): Promise<string[]> {
  const found: string[] = [];
  const note = async (path: string) => {
    const there = await unlessMissing(stat(path)); // a link may lead nowhere
    if (there === undefined) return;
    const { uid, gid, mode } = there;
    const isGroups = (mode & 0o020) !== 0 && gid !== 0;
    if (uid !== 0 || isGroups || (mode & 0o002) !== 0) found.push(path);
  };
  await note(above);
  const walk = async (directory: string): Promise<void> => {
    await note(directory);
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []); // passwords
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== 'supervise') await walk(path);
      else if (entry.isFile() || entry.isSymbolicLink()) await note(path);
    }
  };
  await walk(tree);
  return found;
}
