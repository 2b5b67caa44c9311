import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { objectsOf } from '../../../support/replica.ts';
import { Site } from '../../../support/site.ts';

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

  configure(settings: DiscoverSettings = {}): void {
    const { syncd } = this.site;
    const directory = join(syncd.directory, 'replicas', '{client}');
    syncd.writeDaemon({
      discover: { glob: `${this.root}/*`, ...settings },
      defaults: {
        source: { poll: '1s' },
        expect: { snapshotEvery: 'off' },
        backends: [{ name: 'near', directory, minFree: '0B' }],
      },
    });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  add(...names: readonly string[]): void {
    for (const name of names) cpSync(this.path('ahost'), this.path(name), { recursive: true });
  }

  replica(name: string): string {
    return join(this.site.syncd.directory, 'replicas', name);
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
  expect((await site.run('status')).stdout).toContain('All 2 clients are fine');
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
    ...{ code: 2, stdout: expect.stringMatching(/ahost[^]*missing/) as unknown },
  });

  expect(await site.must('client', 'remove', 'ahost')).toContain('its repository is gone');
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
