import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CLIENT = 'laptop';
export const BACKENDS = ['nas', 'offsite'] as const;

/** The directories of one demo, all below one temporary directory. */
export interface Home {
  readonly root: string;
  readonly config: string;
  readonly source: string;
  readonly backend: (name: string) => string;
}

export async function createHome(): Promise<Home> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'backup-syncd-demo-')));
  return {
    root,
    config: join(root, 'config'),
    source: join(root, 'source'),
    backend: (name) => join(root, name),
  };
}

/** Removes everything, including what a daemon writes at the last moment when it is stopped at once. */
export async function removeHome({ root }: Home): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Writes the configuration as an operator would. */
export async function writeConfig(home: Home, port: number): Promise<void> {
  await mkdir(join(home.config, 'clients'), { recursive: true });
  await writeFile(join(home.config, 'backup-syncd.yaml'), daemonYaml(home, port));
  await writeFile(join(home.config, 'clients', `${CLIENT}.yaml`), clientYaml(home));
}

function daemonYaml({ root }: Home, port: number): string {
  return [
    `listen: 127.0.0.1:${port}`,
    `stateDirectory: ${quote(join(root, 'state'))}`,
    `runtimeDirectory: ${quote(join(root, 'run'))}`,
    '',
  ].join('\n');
}

function clientYaml({ source, backend }: Home): string {
  return [
    `source: { directory: ${quote(source)}, poll: 2s }`,
    'expect: { snapshotEvery: 24h, copies: 3, copiesWithin: 1h }',
    'backends:',
    ...BACKENDS.map(
      (name) => `  - { name: ${name}, directory: ${quote(backend(name))}, minFree: 16MiB }`,
    ),
    '',
  ].join('\n');
}

/** JSON is YAML. */
function quote(path: string): string {
  return JSON.stringify(path);
}
