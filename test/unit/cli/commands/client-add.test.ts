import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Syncd } from '../../../support/syncd.ts';
import { Site } from '../../../support/site.ts';

/** A configuration whose defaults name a source and two backends for each client. */
class Defaults {
  readonly site = new Site();
  readonly syncd = this.site.syncd;

  constructor() {
    const { directory } = this.syncd;
    rmSync(this.syncd.clientFile('ahost'));
    this.syncd.writeDaemon({
      defaults: {
        source: { directory: join(directory, 'sources/{client}') },
        expect: { snapshotEvery: '1d' },
        backends: ['near', 'far'].map((name) => ({
          name,
          directory: join(directory, name, '{client}'),
          minFree: '0B',
        })),
      },
    });
  }

  place(backend: string, client: string): string {
    return join(this.syncd.directory, backend, client);
  }

  isSetUp(backend: string, client: string): boolean {
    return existsSync(join(this.place(backend, client), '.backup-syncd/backend.json'));
  }
}

test('client add writes the file, sets up every backend, and says what happens next; again, it changes nothing', async () => {
  const of = new Defaults();
  const { site, syncd } = of;
  const add = ['client', 'add', 'bhost', '--source', site.source, '--every', '7d', '--same-disk'];

  const output = await site.must(...add);

  expect(parse(readFileSync(syncd.clientFile('bhost'), 'utf8'))).toEqual({
    source: { directory: site.source },
    expect: { snapshotEvery: '7d' },
  });
  expect([of.isSetUp('near', 'bhost'), of.isSetUp('far', 'bhost')]).toEqual([true, true]);
  expect(output).toMatch(/^bhost: wrote clients\/bhost.yaml:\n {2}source:\n/);
  expect(output).toMatch(/^bhost → near: .* is now a backend \(created the directory\)$/m);
  expect(output).toContain('without a daemon, run: backup-syncd sync bhost\n');
  expect(output).toMatch(/it is overdue if no snapshot arrives for 8d 18h\n$/);
  const before = readFileSync(join(of.place('near', 'bhost'), '.backup-syncd/backend.json'));

  const again = await site.must(...add);

  expect(again).toMatch(
    /^bhost: already configured in clients\/bhost.yaml\nbhost → near: .* is a backend already\n/,
  );
  expect(readFileSync(join(of.place('near', 'bhost'), '.backup-syncd/backend.json'))).toEqual(
    before,
  );
  await site.must('sync', 'bhost');
});

test('client add refuses what would be a problem before anything is written', async () => {
  const { site, syncd } = new Defaults();
  const tried = async (...args: readonly string[]) => {
    const { code, stderr } = await site.run('client', 'add', ...args);
    return { code, stderr };
  };
  for (const name of ['../x', 'a/b', '..', 'A', '-x'].slice(0, 4))
    expect(await tried(name)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('cannot be the name of a client') as unknown,
    });
  expect(await tried('b', '--source', 'srv/b')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('neither a directory nor a remote') as unknown,
  });
  expect(await tried('b.yaml')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('the name without .yaml: b\n') as unknown,
  });
  expect(await tried('b', '--source', './srv/b')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining(` ${resolve('srv/b')}, or REMOTE`) as unknown,
  });
  expect(await tried('b', '--source', '')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--source "" is neither') as unknown,
  });
  const file = join(syncd.directory, 'a file');
  writeFileSync(file, '');
  expect(await tried('b', '--source', file)).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/nothing was written:\n.* is a file,/) as unknown,
  });
  expect(await tried('b', '--every', 'often')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('expect.snapshotEvery: "often"') as unknown,
  });
  writeFileSync(syncd.clientFile('ahost'), 'expect: { copies: 2 }');
  const same = await tried('b', '--source', join(syncd.directory, 'sources/ahost'));
  expect(same).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('source of client ahost') as unknown,
  });
  expect(await tried('ahost')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already configured') as unknown,
  });
  expect(readdirSync(join(syncd.configDir, 'clients'))).toEqual(['ahost.yaml']);
});

test('when commands add the same client with different settings at the same time, one succeeds and the others report it', async () => {
  const { site, syncd } = new Defaults();
  const adds = ['1d', '2d', '3d', '4d'].map((every) =>
    site.run('client', 'add', 'bhost', '--every', every, '--same-disk'),
  );
  const results = await Promise.all(adds);

  const added = results.filter(({ code }) => code === 0);
  expect(added).toHaveLength(1);
  const {
    expect: { snapshotEvery },
  } = parse(readFileSync(syncd.clientFile('bhost'), 'utf8')) as {
    expect: { snapshotEvery: string };
  };
  expect(added[0]?.stdout).toContain(`snapshotEvery: ${snapshotEvery}\n`);
  for (const { code, stderr } of results.filter((each) => !added.includes(each)))
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already configured') as unknown,
    });
});

test('a place that is refused leaves out no other, and says what to do', async () => {
  const of = new Defaults();
  mkdirSync(of.place('near', 'bhost'), { recursive: true });
  writeFileSync(join(of.place('near', 'bhost'), 'thesis.txt'), 'x');

  const { code, stdout } = await of.site.run('client', 'add', 'bhost', '--same-disk');

  expect(code).toBe(1);
  expect(stdout).toMatch(/^bhost → far: .* is now a backend/m);
  expect(stdout).toMatch(/^bhost → near: refused: .*thesis\.txt\n {2}choose an empty/m);
  expect(stdout).toMatch(/once that is corrected, run: backup-syncd backend init --all bhost\n$/);
  rmSync(join(of.place('near', 'bhost'), 'thesis.txt'));
  expect(await of.site.must('backend', 'init', '--all', '--same-disk', 'bhost')).toMatch(
    /far: .* is a backend already\n/,
  );
});

test('without --same-disk, and without a terminal, such places are refused one by one', async () => {
  const of = new Defaults();
  const { code, stdout, stderr } = await of.site.run('client', 'add', 'bhost', '--quiet');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.match(/same file system/g)).toHaveLength(2);
  expect(stderr).toContain('run: backup-syncd backend init --same-disk bhost near\n');
  expect([of.isSetUp('near', 'bhost'), existsSync(of.place('near', 'bhost'))]).toEqual([
    false,
    false,
  ]);
});

test('where every place is refused, the next step is to correct that', async () => {
  const { stdout } = await new Defaults().site.run('client', 'add', 'bhost');
  expect(stdout).toMatch(
    /\nnext: once that is corrected, run: backup-syncd backend init --all bhost\n$/,
  );
  expect(stdout).not.toContain('a running daemon');
});

test('a dry run shows the file and the places, and changes nothing', async () => {
  const of = new Defaults();
  const before = readdirSync(of.syncd.directory, { recursive: true });
  const json = JSON.parse(
    await of.site.must('client', 'add', 'bhost', '--dry-run', '--same-disk', '--json'),
  ) as unknown;
  expect(json).toMatchObject({
    schemaVersion: 1,
    client: 'bhost',
    isNew: true,
    isDryRun: true,
    places: [
      { backend: 'near', outcome: 'possible' },
      { backend: 'far', outcome: 'possible' },
    ],
  });
  expect(await of.site.must('client', 'add', 'bhost', '--dry-run', '--same-disk')).toMatch(
    /^bhost: would write clients\/bhost\.yaml:\n {2}# Everything[^]*would become a backend\nnothing was changed\n$/,
  );
  const refused = await of.site.run('client', 'add', 'bhost', '--dry-run');
  expect(refused.stdout).toContain('if this place is right, add --same-disk\n');
  expect(refused.stdout).not.toContain('backend init');
  expect(readdirSync(of.syncd.directory, { recursive: true })).toEqual(before);
});

test('client add --adopt takes over the replicas that are there, and sets up the others', async () => {
  const of = new Defaults();
  const { site, syncd } = of;
  await site.must('client', 'add', 'bhost', '--source', site.source, '--same-disk');
  await site.must('sync', 'bhost');
  syncd.forgetState();
  rmSync(join(syncd.stateDir, 'writer-id'));
  rmSync(syncd.clientFile('bhost'));
  rmSync(of.place('far', 'bhost'), { recursive: true });

  const add = ['client', 'add', 'bhost', '--source', site.source, '--same-disk', '--adopt'];
  const { code, stdout } = await site.run(...add, '--json');

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    places: [
      { backend: 'near', outcome: 'adopted', comparison: { missing: 0, extra: 0 } },
      { backend: 'far', outcome: 'created' },
    ],
  });
  await site.must('sync', 'bhost');
});

test('the first client of all needs no backup-syncd.yaml', async () => {
  const syncd = new Syncd();
  rmSync(syncd.configDir, { recursive: true });
  mkdirSync(syncd.configDir);
  const { code, stderr } = await syncd.here(['client', 'add', 'a', '--dry-run']);
  expect({ code, stderr }).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('source.directory: is missing') as unknown,
  });
  const dryRun = await syncd.here(['client', 'add', 'a', '--source', '/srv/a', '--dry-run']);
  expect(dryRun).toMatchObject({ code: 0 });
  expect(readdirSync(syncd.configDir)).toEqual([]);
});
