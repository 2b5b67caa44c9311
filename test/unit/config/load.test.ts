import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem, listProblems } from '../../../src/config/problem.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(async () => rm(root, { recursive: true }));

async function messagesOf(directory: string): Promise<string[]> {
  return listProblems(await loadConfig(directory)).map(formatProblem);
}

const HOW_TO_BEGIN =
  'write to backup-syncd.yaml where replicas go (docs/configuration.md has examples), then add a client with "backup-syncd client add NAME --source PATH"';

test('a missing directory: the message says how to begin', async () => {
  const [message, ...more] = await messagesOf(join(root, 'none'));

  expect(more).toEqual([]);
  expect(message).toBe(
    `${root}/none: there is no such directory; name another one with --config-dir, or create it: ${HOW_TO_BEGIN}`,
  );
});

test('an empty directory: how to begin', async () => {
  expect(await messagesOf(root)).toEqual([`${root}: nothing is configured here; ${HOW_TO_BEGIN}`]);
});

test('files where directories should be', async () => {
  await writeFile(join(root, 'clients'), '');
  await writeFile(join(root, 'file'), '');

  expect(await messagesOf(root)).toEqual([
    'clients: is not a directory; put a directory in its place',
  ]);
  expect(await messagesOf(join(root, 'file'))).toEqual([
    `${root}/file: is not a directory; put a directory in its place`,
  ]);
});

test('a file that is not readable text is refused by name, and the others are loaded', async () => {
  const clients = join(root, 'clients');
  await mkdir(join(clients, 'dir.yaml'), { recursive: true });
  await writeFile(join(clients, 'good.yaml'), 'source: { directory: /a }');
  await writeFile(join(clients, 'latin.yaml'), Buffer.from([0x23, 0xe9, 0x0a]));
  await writeFile(join(clients, 'big.yaml'), '#'.repeat(2 ** 20 + 1));
  await symlink('nowhere', join(clients, 'link.yaml'));
  await symlink('circle.yaml', join(clients, 'circle.yaml'));
  execFileSync('mkfifo', [join(clients, 'fifo.yaml')]);

  const loaded = await loadConfig(root);

  expect(loaded.config?.clients.map(({ name }) => name)).toEqual(['good']);
  expect(listProblems(loaded).map(formatProblem)).toEqual([
    'clients/big.yaml: is larger than 1 MiB: this is not a configuration file',
    'clients/circle.yaml: is a symbolic link that leads back to itself; correct its target',
    'clients/dir.yaml: is not a regular file; put a file in its place',
    'clients/fifo.yaml: is not a regular file; put a file in its place',
    'clients/latin.yaml: is not UTF-8 text; save it as UTF-8',
    'clients/link.yaml: there is no such file; if it is a symbolic link, correct its target',
  ]);
});

test('an unusable backup-syncd.yaml reports no follow-up errors for clients', async () => {
  await mkdir(join(root, 'backup-syncd.yaml'));
  await mkdir(join(root, 'clients'));
  await writeFile(join(root, 'clients/a.yaml'), '');

  const loaded = await loadConfig(root);

  expect(loaded.config).toBeUndefined();
  expect(loaded.clientProblems.size).toBe(0);
  expect(listProblems(loaded).map(formatProblem)).toEqual([
    'backup-syncd.yaml: is not a regular file; put a file in its place',
  ]);
});
