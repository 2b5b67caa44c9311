import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { groupSettings } from '../../src/client/group-settings.ts';
import { ClientUnit } from '../../src/client/unit.ts';
import { loadConfig } from '../../src/config/load.ts';
import { initialFacts } from '../../src/facts/initial.ts';
import { DIRECT_FILES } from '../../src/files/own-files.ts';
import { loadOpenings } from '../../src/kinds/load-openings.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { SILENT_LOG } from '../../src/log/log.ts';
import { elapsedMs } from '../../src/runtime/clock.ts';
import { writerIdentity } from '../../src/state/writer.ts';
import { SharedPrograms } from '../../src/work/around.ts';
import { TransferQueue } from '../../src/work/transfers/transfer-queue.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { InProcess } from '../support/in-process.ts';
import { ResticRepository, resticPassword } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, generations, pathWith, type Generation } from '../support/tools.ts';
import { treeOf } from '../support/tree.ts';

const HOSTILE = 'b"host\n\u001B[2J</td>';

const READ = { what: 'snapshots that are read' };

interface Rig {
  readonly unit: ClientUnit;
  readonly repository: ResticRepository;
  readonly source: string;
  readonly passwordFile: string;
  /** what is backed up */
  readonly data: string;
  readonly clock: { ahead: number };
}

/** A client with one replica on this machine, that expects its data from two hosts. */
async function begin(generation: Generation): Promise<Rig> {
  const [root, data] = [temporaryDirectory(), temporaryDirectory()];
  const [source, passwordFile] = [join(root, 'source'), join(root, 'password')];
  const repository = await ResticRepository.create({ generation, path: source });
  writeFileSync(join(data, 'file'), 'content');
  writeFileSync(passwordFile, resticPassword);
  await repository.backup(data, { host: 'ahost' });
  const syncd = new Syncd();
  syncd.writeClient('ahost', {
    source: { directory: source, password: { file: passwordFile } },
    backends: ['near'],
    expect: { hosts: ['ahost', HOSTILE.slice(0, 6)], paths: [data] },
  });
  const commands = new InProcess(syncd.configDir);
  const made = await commands.run('backend', 'init', '--same-disk', 'ahost', 'near');
  expect(made).toMatchObject({ code: 0 });
  const { config: loaded } = await loadConfig(syncd.configDir);
  const [config] = loaded?.clients ?? [];
  if (config === undefined) throw new Error('no client');
  const [openings, pool] = [await loadOpenings(), new FilePool()];
  onCleanUp(() => pool.close());
  const clock = { ahead: 0 };
  const env = { PATH: pathWith(generation), HOME: root };
  const groups = groupSettings(config, { env, cacheDirectory: join(root, 'cache') });
  const unit = new ClientUnit({
    config,
    ...(await writerIdentity(syncd.stateDir)),
    log: SILENT_LOG,
    facts: initialFacts('ahost', ['near'], 0),
    openLocation: ({ config: place, ...how }) =>
      openings.place(place).open(place, { ...how, pool, env: {} }),
    openBackend: (backend, how) => openings.backend(backend).open(backend, how),
    sharedPrograms: new SharedPrograms(),
    transfers: new TransferQueue(),
    ...(groups && { groups }),
    scripts: { runtimeDirectory: '/nowhere', files: DIRECT_FILES, env },
    clock: { now: () => Date.now() + clock.ahead, elapsedMs, random: () => 0.5 },
  });
  return { unit, repository, source, passwordFile, data, clock };
}

/** Runs the loops of the client in the meantime. */
async function during(unit: ClientUnit, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const running = unit.run(stop.signal);
  try {
    await act();
  } finally {
    stop.abort();
    await running;
  }
}

describeWithTools(['debian12/restic', 'newest/restic'], 'expected hosts and paths', () => {
  test.each(generations)(
    'are read from a replica when there are new snapshots, with %s',
    async (generation) => {
      const { unit, repository, source, data } = await begin(generation);
      const groups = () => unit.report().groups;

      await during(unit, async () => {
        await waitFor(() => groups()?.unread === 0, READ);
        expect(groups()).toMatchObject({
          readFrom: 'near',
          expected: [{ host: 'ahost', path: data, newestAt: expect.any(Number) }, { path: data }],
        });
        expect(groups()?.expected[1]).not.toHaveProperty('newestAt');
        expect(unit.snapshots()).toMatchObject([{ host: 'ahost', paths: [data] }]);

        await repository.backup(data, { host: HOSTILE });
        await waitFor(() => unit.snapshots().some(({ host }) => host === HOSTILE), READ);
      });

      expect(unit.report().findings).toEqual([]);
      expect(Object.keys(treeOf(join(source, 'locks')))).toEqual([]);
    },
  );

  test('without a replica: from the source; a wrong password and a fake snapshot are found out', async () => {
    const { unit, source, passwordFile, clock } = await begin('newest');
    const near = unit.report().backends[0]?.location ?? '';
    rmSync(near, { recursive: true });
    mkdirSync(near);
    const fake = 'f'.repeat(64);
    writeFileSync(join(source, 'snapshots', fake), 'not encrypted with the key of this repository');
    writeFileSync(passwordFile, 'wrong');
    const before = treeOf(source);
    const kinds = () => unit.report().findings.map(({ kind }) => kind);

    await during(unit, async () => {
      await waitFor(() => kinds().includes('groups_unread'), READ);
      expect(unit.report().groups).toMatchObject({ unread: 2, trouble: { reason: 'auth' } });

      writeFileSync(passwordFile, resticPassword);
      clock.ahead = 31 * 60_000; // a password is tried again after half an hour
      await waitFor(() => unit.report().groups?.unreadable === 1, READ);
    });

    expect(unit.report().groups).toMatchObject({ readFrom: 'source', unread: 0 });
    expect(kinds()).toContain('source_unreadable_snapshots');
    expect(kinds()).not.toContain('groups_unread');
    expect(unit.snapshots().find(({ id }) => id === fake)?.isUnreadable).toBe(true);
    expect(treeOf(source)).toEqual(before);
  });
});
