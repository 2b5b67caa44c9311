import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { objectsOf } from '../../../support/replica.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { Site } from '../../../support/site.ts';
import { waitFor } from '../../../support/temp.ts';

interface DiscoverSettings {
  readonly initialise?: boolean;
  readonly max?: number;
}

/** A server with repository `ahost` that has no file; more of them are copies. */
class Server {
  readonly site = new Site();
  readonly root = dirname(this.site.source);

  constructor(settings: DiscoverSettings = {}) {
    const { syncd, source } = this.site;
    syncd.removeClient('ahost');
    renameSync(source, this.path('ahost'));
    this.configure(settings);
  }

  /** @param backends directories of replicas by name of the backend */
  configure(
    settings: DiscoverSettings = {},
    backends: Readonly<Record<string, string>> = { near: this.replica('') },
  ): void {
    const { syncd } = this.site;
    syncd.writeDaemon({
      discover: { glob: `${this.root}/*`, ...settings },
      defaults: {
        source: { poll: '1s' },
        expect: { snapshotEvery: 'off' },
        backends: Object.entries(backends).map(([name, directory]) => ({
          name,
          directory: join(directory, '{client}'),
          minFree: '0B',
        })),
      },
    });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  add(...names: readonly string[]): void {
    for (const name of names) cpSync(this.path('ahost'), this.path(name), { recursive: true });
  }

  write(name: string, client: unknown): void {
    writeFileSync(this.site.syncd.clientFile(name), JSON.stringify(client));
  }

  replica(name: string): string {
    return join(this.site.syncd.directory, 'replicas', name || '.');
  }

  get file(): string {
    return this.site.syncd.clientFile('ahost');
  }

  async clients(): Promise<string[]> {
    const output = await this.site.must('client', 'list', '--format', 'json');
    return (JSON.parse(output) as { clients: { client: string }[] }).clients.map(
      ({ client }) => client,
    );
  }
}

test('each repository is a client with the defaults, set up and synced like any other', async () => {
  const server = new Server();
  server.add('bhost', 'Bad Name');
  const { site } = server;

  expect(await site.must('client', 'list')).toMatch(
    new RegExp(
      `ahost +UNKNOWN +off +near +${server.path('ahost')} \\(discovered\\)\nbhost .*\n\n1 repository of ${server.root}/\\* is no client:\n  ${server.path('Bad Name')}: "Bad Name" cannot be the name of a client`,
    ),
  );
  await site.must('backend', 'init', '--same-disk', '--all');
  await site.must('sync', '--all');
  expect(objectsOf(server.replica('bhost'))).toEqual(objectsOf(server.path('bhost')));
  expect(existsSync(server.replica('Bad Name'))).toBe(false);
  expect((await site.run('status')).stdout).toContain('Both clients are fine');
  expect(await site.must('check-config')).toContain('2 clients can run');
});

test('one that vanished stays a client with a missing source, until client remove', async () => {
  const server = new Server();
  const { site } = server;
  await site.must('backend', 'init', '--same-disk', '--all');
  await site.must('sync', 'ahost');

  const early = await site.run('client', 'remove', 'ahost');
  expect(early).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('still there') as unknown,
  });
  expect(await server.clients()).toEqual(['ahost']);

  renameSync(server.path('ahost'), server.path('.away'));
  expect(await server.clients()).toEqual(['ahost']);
  expect((await site.run('sync', 'ahost')).code).not.toBe(0);
  expect(await site.run('status')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/ahost[^]*missing/) as unknown,
  });

  const removed = await site.must('client', 'remove', 'ahost');
  expect(removed).toContain('its repository is gone');
  expect(removed).toContain(`the source was ${server.path('ahost')}; there is no repository now`);
  expect(removed).not.toContain('writes to');
  expect(await server.clients()).toEqual([]);
  expect(await site.must('client', 'remove', 'ahost')).toBe('ahost: already removed\n');
  expect(objectsOf(server.replica('ahost'))).toEqual(objectsOf(server.path('.away')));
});

test('disable, enable and rename write a file, which wins over what is found', async () => {
  const server = new Server();
  const { site } = server;
  await site.must('backend', 'init', '--same-disk', '--all');
  await site.must('sync', 'ahost');

  await site.must('client', 'disable', 'ahost', '--reason', 'sold');
  expect(readFileSync(server.file, 'utf8')).toContain(`directory: ${server.path('ahost')}`);
  expect(await site.must('client', 'list')).toMatch(/ahost +disabled .*sold\n$/);
  await site.must('client', 'enable', 'ahost');
  expect(await site.must('client', 'show', 'ahost')).toContain('clients/ahost.yaml');

  await site.must('client', 'rename', 'ahost', 'web');
  expect(await server.clients()).toEqual(['web']);
  expect(await site.must('sync', 'web')).toContain('web');
  renameSync(server.path('ahost'), server.path('.away'));
  await site.must('client', 'remove', 'web');
  expect(await server.clients()).toEqual([]);
});

test('rename and show work without a file, too', async () => {
  const server = new Server();
  const { site } = server;
  expect(await site.must('client', 'show', 'ahost')).toMatch(
    new RegExp(`source.directory +${server.path('ahost')} +discovered\n`),
  );
  await site.must('backend', 'init', '--same-disk', '--all');
  await site.must('sync', 'ahost');

  await site.must('client', 'rename', 'ahost', 'web');

  expect(await server.clients()).toEqual(['web']);
  expect((await site.run('status', 'web')).stdout).toContain('The client is fine');
});

test('a running daemon takes new repositories without a restart, and shows those that are no clients', async () => {
  const server = new Server({ max: 2 });
  const { site } = server;
  await site.must('backend', 'init', '--same-disk', '--all');
  const daemon = await site.daemon();
  const textOf = async (path: string): Promise<string> => (await fetch(daemon.url + path)).text();
  expect(await textOf('metrics')).toContain('\nbackup_syncd_unconfigured_repositories 0\n');
  expect(await textOf('')).not.toContain('no client');

  server.add('<b>', 'bhost');
  server.add(...Array.from({ length: 30 }, (_, i) => `flood-${i + 10}`));
  server.configure({ max: 2 }); // as SIGHUP does, instead of waiting for a minute

  await waitFor(async () => (await textOf('metrics')).includes('client="bhost"'), {
    what: 'a client for the new repository',
  });
  const metrics = await textOf('metrics');
  expect(metrics).toContain('\nbackup_syncd_unconfigured_repositories 31\n');
  expect(metrics).not.toContain('flood');
  const page = await textOf('');
  expect(page).toContain(`31 repositories of ${server.root}/* are no clients`);
  expect(page).toContain(`${server.path('&lt;b&gt;')}: `);
  expect(page).toContain('and 11 more');
  const status = JSON.parse(await textOf('api/status')) as { discovery: { unused: unknown[] } };
  expect(status.discovery).toMatchObject({ glob: `${server.root}/*`, unconfigured: 31 });
  expect(status.discovery.unused).toHaveLength(20);
  expect((await site.run('status')).stdout).toContain(
    `31 repositories of ${server.root}/* are no clients; to see them, run: backup-syncd client list`,
  );
  const checked = await site.run('check-config');
  expect(checked.stderr).toContain(`discover: ${server.path('<b>')}: "<b>" cannot be the name`);
  expect((await daemon.stop()).code).toBe(0);

  // those that were clients stay, even if others come first by name
  expect(await server.clients()).toEqual(['ahost', 'bhost']);
});

test('with initialise, the daemon sets up what is new and on a disk of its own, and leaves the rest to people', async () => {
  const server = new Server();
  const { site } = server;
  const elsewhere = mkdtempSync('/dev/shm/t-');
  onCleanUp(() => rmSync(elsewhere, { recursive: true }));
  const near = join(site.syncd.directory, 'replicas');
  server.configure({ initialise: true }, { near, far: elsewhere });
  const daemon = await site.daemon();

  await waitFor(() => existsSync(join(elsewhere, 'ahost/snapshots')), { what: 'a replica' });

  expect(existsSync(join(near, 'ahost'))).toBe(false);
  const { stdout } = await site.run('status', 'ahost');
  expect(stdout).toContain('backup-syncd backend init ahost near');

  // another place is not what was refused a moment ago
  server.configure({ initialise: true }, { near: join(elsewhere, 'near'), far: elsewhere });
  await waitFor(() => existsSync(join(elsewhere, 'near/ahost/snapshots')), { what: 'a replica' });
  await daemon.stop();
});

test('a glob that cannot be read is reported, and clients stay', async () => {
  const server = new Server();
  const { site } = server;
  await site.must('backend', 'init', '--same-disk', '--all');
  await site.must('sync', '--all');
  renameSync(server.root, `${server.root}-away`);

  expect(await site.must('client', 'list')).toMatch(
    new RegExp(`^ahost .*\n\ncannot look for repositories in ${server.root}: ENOENT`, 'm'),
  );
  const removal = await site.run('client', 'remove', 'ahost');
  expect(removal).toMatchObject({ code: 69 });
  expect(removal.stderr).toContain('it is unknown whether discovery would find its repository');
});

test('a file whose source is a link below the glob makes what it leads to no second client', async () => {
  const server = new Server();
  symlinkSync('ahost', server.path('newest'));
  symlinkSync('newest', server.path('current'));
  server.write('laptop', { source: { directory: server.path('current') } });

  expect(await server.clients()).toEqual(['laptop']);
});

test('client remove refuses while it is unknown whether discovery finds the repository again', async () => {
  const server = new Server();
  const { site } = server;
  server.write('laptop', { source: { directory: server.path('ahost') }, nonsense: 1 });

  const removal = await site.run('client', 'remove', 'laptop');

  expect(removal).toMatchObject({
    code: 69,
    stderr: expect.stringMatching(
      /laptop was not removed.*clients\/laptop.yaml has problems/,
    ) as unknown,
  });
  expect(existsSync(site.syncd.clientFile('laptop'))).toBe(true);
});
