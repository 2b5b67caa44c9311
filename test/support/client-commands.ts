import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Site } from './site.ts';
import { projectDirectory } from './tools.ts';

/** A client command that changes something, and what comes before it. */
export interface Change {
  /** commands before it */
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
}

const DISABLE = ['client', 'disable', 'ahost', '--reason', 'sold'];
const ENABLE = ['client', 'enable', 'ahost'];
const RENAME = ['client', 'rename', 'ahost', 'bhost'];

export const CHANGES: Readonly<Record<string, Change>> = {
  'client add': { before: [], command: ['client', 'add', 'bhost', '--source', '/srv/b'] },
  'client disable': { before: [ENABLE], command: DISABLE },
  'client enable': { before: [DISABLE], command: ENABLE },
  'client enable, for the first time with runit': { before: [], command: ENABLE },
  'client rename': { before: [ENABLE], command: RENAME },
  'client rename, disabled': { before: [ENABLE, DISABLE], command: RENAME },
  'client remove': { before: [ENABLE], command: ['client', 'remove', 'ahost'] },
};

/** A client that is up to date, beside a runit tree that nothing runs. */
export async function prepared({ before }: Change, makeDirectory?: () => string): Promise<Site> {
  const site = await Site.synced(undefined, makeDirectory);
  const { configDir } = site.syncd;
  cpSync(join(projectDirectory, 'deploy/runit/tree'), join(configDir, 'runit'), {
    recursive: true,
  });
  for (const command of before) await site.must(...command);
  return site;
}

/** All that is in the configuration and in the state directory, without what differs from run to run. */
export function picture({ syncd }: Site): string[] {
  const paths = ['etc', 'state'].flatMap((folder) =>
    readdirSync(join(syncd.directory, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(folder, path),
    ),
  );
  return paths
    .filter((path) => !/\.lock[.-]/.test(path))
    .map((path) => `${path.replace(/\d{8}T\d{6}Z$/, 'TIME')}${contentOf(syncd.directory, path)}`)
    .sort();
}

function contentOf(directory: string, path: string): string {
  const file = join(directory, path);
  if (lstatSync(file).isSymbolicLink()) return ` -> ${readlinkSync(file)}`;
  if (!/^etc\/clients\/|removed-clients$/.test(path) || !existsSync(file)) return '';
  const text = readFileSync(file, 'utf8').replaceAll(directory, 'HERE');
  return `: ${text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/"\/[^"]*source"/, 'SOURCE')}`;
}
