import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkPlaces } from '../../../src/config/check-places.ts';
import { parseMounts } from '../../../src/runtime/mounts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import type { ClientConfig, Config, WithOrigins } from '../../../src/config/types.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'places-')));
  await mkdir(join(root, 'state'));
  await mkdir(join(root, 'source'));
  await mkdir(join(root, 'nas'));
});
afterEach(async () => rm(root, { recursive: true }));

function config(source: string, nas: string, daemon = ''): WithOrigins {
  const { config, origins } = parseConfig([
    { path: 'backup-syncd.yaml', text: `stateDirectory: ${root}/state\n${daemon}` },
    {
      path: 'clients/a.yaml',
      text: `source: { directory: ${root}/${source} }\nbackends:\n  - { name: nas, directory: ${root}/${nas} }\n`,
    },
  ]);
  if (config?.clients.length !== 1) throw new Error('the sample is not valid');
  return { config, origins };
}

async function check(given: WithOrigins): Promise<string[]> {
  return (await checkPlaces(given)).map((problem) =>
    formatProblem(problem).replaceAll(root, 'ROOT'),
  );
}

test('nothing to say about directories that are there', async () => {
  expect(await check(config('source', 'nas'))).toEqual([]);
});

test('missing directories are warnings: they may be mounted later', async () => {
  expect(await check(config('none', 'nas/deep/down'))).toEqual([
    'clients/a.yaml:1:22: warning: source.directory: "ROOT/none" does not exist; the daemon waits for it; if it should be there by now, correct the path or mount its disk',
    'clients/a.yaml:3:29: warning: backends[0].directory: "ROOT/nas/deep/down" does not exist; mount its disk; only if the place is new, set it up with "backup-syncd backend init a nas"',
  ]);
});

test('a file that defines remotes is missing, or a directory', async () => {
  const text = `source: { directory: ${root}/source }
backends:
  - { name: b2, rclone: 'b2:x', rcloneConfig: ${root}/none.conf }
  - { name: own, script: [/bin/true], verify: { rclone: 'b2:y', rcloneConfig: ${root}/nas } }
`;
  const { config: found, origins } = parseConfig([
    { path: 'backup-syncd.yaml', text: `stateDirectory: ${root}/state` },
    { path: 'clients/a.yaml', text },
  ]);
  if (found === undefined) throw new Error('the sample is not valid');

  expect(await check({ config: found, origins })).toEqual([
    'clients/a.yaml:3:47: warning: backends[0].rcloneConfig: "ROOT/none.conf" does not exist; create it, or correct the path',
    'clients/a.yaml:4:79: warning: backends[1].verify.rcloneConfig: "ROOT/nas" is a directory; name the file itself',
  ]);
});

test('a file where a directory should be', async () => {
  await writeFile(join(root, 'file'), '');
  await writeFile(join(root, 'other'), '');

  expect(await check(config('file', 'other/below'))).toEqual([
    'clients/a.yaml:1:22: source.directory: "ROOT/file" is a file, or is below one; name a directory',
    'clients/a.yaml:3:29: backends[0].directory: "ROOT/other/below" is a file, or is below one; name a directory',
  ]);
});

test('links that form a loop are reported with what to do', async () => {
  await symlink('round', join(root, 'about'));
  await symlink('about', join(root, 'round'));

  expect(await check(config('source', 'round/a'))).toEqual([
    'clients/a.yaml:3:29: backends[0].directory: "ROOT/round/a" cannot be checked (ELOOP): symbolic links in this path form a loop: correct them, or configure another directory',
  ]);
});

test('symbolic links that lead to one place, or into another', async () => {
  await symlink('source', join(root, 'link'));

  expect(await check(config('source', 'link'))).toEqual([
    'clients/a.yaml:3:29: backends[0].directory: through symbolic links, "ROOT/source" is also the source of this client; choose a separate directory',
  ]);
  expect(await check(config('source', 'link/not/yet'))).toContain(
    'clients/a.yaml:3:29: backends[0].directory: through symbolic links, "ROOT/source/not/yet" is inside the source of this client ("ROOT/source"); choose a separate directory',
  );
});

test('directories of our own that symbolic links lead into a source', async () => {
  await symlink('source', join(root, 'link'));
  const { config: given, origins } = config('source', 'nas');
  const restoreCheck = { directory: `${root}/link/restored` } as ClientConfig['restoreCheck'];
  const clients = given.clients.map((client) => ({ ...client, restoreCheck }) as ClientConfig);

  expect(
    await check({ origins, config: { ...given, stateDirectory: `${root}/link/s`, clients } }),
  ).toEqual([
    'backup-syncd.yaml:1:17: stateDirectory: through symbolic links, "ROOT/link/s" is inside the source of client a ("ROOT/source"); choose a directory outside all sources and backends',
    'clients/a.yaml: restoreCheck.directory: through symbolic links, "ROOT/link/restored" is inside the source of client a ("ROOT/source"); choose a directory outside all sources and backends',
  ]);
});

test('a state directory that cannot exist is reported once, not again for its sockets', async () => {
  await writeFile(join(root, 'state/file'), '');
  const given = config('source', 'nas');
  const directories = {
    stateDirectory: `${root}/state/file`,
    runtimeDirectory: `${root}/state/file/run`,
  };

  expect(await check({ ...given, config: { ...given.config, ...directories } })).toEqual([
    'backup-syncd.yaml:1:17: stateDirectory: "ROOT/state/file" is a file, or is below one; name a directory',
  ]);
});

test('a socket path that Node would cut', async () => {
  const long = join(root, 'x'.repeat(120));
  const bytes = long.length + '/a.sock'.length;

  expect(await check(config('source', 'nas', `runtimeDirectory: ${long}`))).toEqual([
    `backup-syncd.yaml:2:19: runtimeDirectory: the path of the control socket "${long}/a.sock" has ${bytes} bytes, and the limit is 107; set a runtimeDirectory that is at least ${bytes - 107} shorter, e.g. /run/backup-syncd`.replace(
      root,
      'ROOT',
    ),
  ]);
});

test('a path that hangs is a problem and not waited for; after two of them no other is checked', async () => {
  const given = config('source', 'nas');

  const problems = await checkPlaces(given, {
    deadlineMs: 20,
    probe: async () => new Promise(() => undefined),
  });

  const messages = problems.map(formatProblem);
  expect(messages.filter((message) => message.includes('does not respond;')).length).toBe(1);
  expect(messages.filter((message) => message.includes('was not checked')).length).toBe(2);
});

test('what was never in a file is reported without a line', async () => {
  const { config: parsed, origins } = config('none', 'nas');
  const given = JSON.parse(JSON.stringify(parsed)) as Config;

  expect((await check({ config: given, origins }))[0]).toContain(
    'clients/a.yaml: warning: source.directory: "ROOT/none"',
  );
});

test('a place on an rclone mount is a warning', async () => {
  const table = `40 22 0:50 / ${root}/nas rw - fuse.rclone b2:bucket rw`;

  const problems = await checkPlaces(config('source', 'nas'), { mounts: parseMounts(table) });

  expect(problems.map((problem) => formatProblem(problem).replaceAll(root, 'ROOT'))).toEqual([
    'clients/a.yaml:3:29: warning: backends[0].directory: "ROOT/nas" is on an rclone mount, whose cache may hide missing files and delay writes; name the remote itself with "rclone: REMOTE:PATH"',
  ]);
});

async function checkSource(source: string): Promise<string[]> {
  const files = [
    { path: 'backup-syncd.yaml', text: `stateDirectory: ${root}/state\n` },
    { path: 'clients/a.yaml', text: `source:\n  directory: ${root}/source\n  ${source}\n` },
  ];
  const { config: parsed, origins } = parseConfig(files);
  if (parsed?.clients.length !== 1) throw new Error('the sample is not valid');
  return check({ config: parsed, origins });
}

test('a password file that others can read is a warning, with the command that fixes it', async () => {
  const file = join(root, 'secret-a');
  const password = `password: { file: '${root}/secret-{client}' }`;
  expect(await checkSource(password)).toEqual([
    'clients/a.yaml:3:21: source.password.file: "ROOT/secret-a" does not exist; name a file that contains the password',
  ]);
  await writeFile(file, '', { mode: 0o600 });
  expect(await checkSource(password)).toEqual([
    'clients/a.yaml:3:21: source.password.file: "ROOT/secret-a" is empty; write the password of the repository to it',
  ]);
  await writeFile(file, 'secret');
  await chmod(file, 0o644);
  const [warning = '', ...others] = await checkSource(password);
  expect(others).toEqual([]);
  expect(warning).toBe(
    'clients/a.yaml:3:21: warning: source.password.file: "ROOT/secret-a" can be read by every user of this machine; run: chmod o-r ROOT/secret-a',
  );
  await promisify(execFile)('sh', ['-c', /run: (.*)$/.exec(warning)?.[1]?.replaceAll('ROOT', root) ?? 'false']); // prettier-ignore
  expect(await checkSource(password)).toEqual([]);
});

test('a program that prints the password', async () => {
  expect(await checkSource(`password: { command: [${root}] }`)).toEqual([
    'clients/a.yaml:3:25: source.password.command[0]: "ROOT" is a directory; name the program that prints the password',
  ]);
  expect(await checkSource('password: { command: [/bin/sh] }')).toEqual([]);
  expect(await checkSource('password: { env: A }')).toEqual([]);
});
