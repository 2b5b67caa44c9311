import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SOURCE_STATES, type SourceStateName } from '../../src/report/types.ts';
import { mainFile } from '../support/cli.ts';
import { startProcess } from '../support/process.ts';
import { objectsOf } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd, SyncDaemon } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** The state of the source in one scrape of /metrics. */
async function stateOf(daemon: SyncDaemon): Promise<SourceStateName[]> {
  const scrape = await daemon.get('/metrics');
  const valueOf = (state: SourceStateName) =>
    scrape.split(`\nbackup_syncd_source_state{client="ahost",state="${state}"} `)[1]?.[0];
  expect(SOURCE_STATES.filter((state) => valueOf(state) === undefined)).toEqual([]);
  return SOURCE_STATES.filter((state) => valueOf(state) === '1');
}

/** Who is above permissions sees no unreadable source. */
async function startWithoutCapabilities(syncd: Syncd): Promise<SyncDaemon> {
  const withoutCapabilities = ['--bounding-set=-dac_override,-dac_read_search', '--'];
  const daemon = startProcess(
    'setpriv',
    [...withoutCapabilities, process.execPath, mainFile, 'run'],
    { env: syncd.environment() },
  );
  const line = await daemon.waitForLine(/page and metrics at/, 90_000);
  return new SyncDaemon(
    daemon,
    /page and metrics at (http:[^"\s]+?)\/?["\s]/.exec(line)?.[1] ?? '',
  );
}

describeWithTools(['newest/restic', 'root'], 'a source that is gone', () => {
  test('is shown by metrics, status and page, also right after a restart, and its replica keeps what it has', async () => {
    const { repository, path, data } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const replica = syncd.backend('near');
    let daemon = await startWithoutCapabilities(syncd);
    await daemon.untilComplete('near', 2);
    const held = objectsOf(replica);
    const away = `${path}.away`;

    async function expectTold(
      state: SourceStateName,
      { words, code }: { readonly words: string; readonly code: number },
    ): Promise<void> {
      await daemon.untilSource((source) => source.state === state);
      expect(await stateOf(daemon)).toEqual([state]);
      const status = await syncd.here(['status', 'ahost']);
      expect(status.code).toBe(code);
      expect(status.stdout).toMatch(new RegExp(`source +${words} `));
      expect(await daemon.get('/')).toContain(words);
      expect(objectsOf(replica)).toEqual(held);
    }

    async function expectTheSameAfterRestart(state: SourceStateName): Promise<void> {
      daemon.process.killGroup('SIGTERM');
      await daemon.process.exited;
      daemon = await startWithoutCapabilities(syncd);
      for (let polls = 0; polls < 3; polls += 1) {
        expect(await stateOf(daemon)).toEqual([state]);
        await daemon.untilPolled(1);
      }
    }

    async function untilOk(): Promise<void> {
      await daemon.untilSource((source) => source.state === 'ok');
      expect(await stateOf(daemon)).toEqual(['ok']);
      // a pass that the state of the source has stopped is well again with the next one
      const isWell = async () => (await syncd.here(['status', 'ahost'])).code === 0;
      await waitFor(isWell, { what: 'nothing to be wrong', timeoutMs: 150_000 });
    }

    /** Several changes at the source, of which the daemon sees all or none. */
    function atOnce(change: () => void): void {
      daemon.process.kill('SIGSTOP');
      change();
      daemon.process.kill('SIGCONT');
    }

    /** An alarm, which stays when everything is back. */
    async function untilAcknowledged(): Promise<void> {
      await daemon.untilSource((source) => source.state === 'ok');
      const { code } = await syncd.here(['ack', 'ahost', '--reason', 'it is back']);
      expect(code).toBe(0);
      await untilOk();
    }
    // what runs once after the first start does not run into what follows
    expect((await syncd.here(['audit', 'ahost'])).code).toBe(0);
    await untilOk();

    // its disk is not mounted: nothing is at its place, or an empty mount point
    renameSync(path, away);
    await expectTold('missing', { words: 'missing', code: 2 });
    await expectTheSameAfterRestart('missing');
    mkdirSync(path);
    await expectTold('empty', { words: 'empty', code: 2 });
    rmSync(path, { recursive: true });
    renameSync(away, path);
    await untilOk();

    // no user may read it
    chmodSync(join(path, 'snapshots'), 0);
    await expectTold('unreadable', { words: 'unreadable', code: 2 });
    await expectTheSameAfterRestart('unreadable');
    chmodSync(join(path, 'snapshots'), 0o700);
    await untilOk();

    // all snapshots are removed; the runbook's advice brings them back
    atOnce(() => {
      for (const name of readdirSync(join(path, 'snapshots')))
        rmSync(join(path, 'snapshots', name));
    });
    await expectTold('emptied', { words: 'emptied', code: 2 });
    expect(await daemon.metric('source_snapshots')).toBe(2);
    await expectTheSameAfterRestart('emptied');
    atOnce(() => cpSync(join(replica, 'snapshots'), join(path, 'snapshots'), { recursive: true }));
    await repository.run(['check']);
    await daemon.untilSource((source) => source.state === 'ok');
    expect(await daemon.metric('source_alarm', { reason: 'snapshots_removed' })).toBe(1);
    expect((await syncd.here(['status', 'ahost'])).code).toBe(2);
    await untilAcknowledged();

    // 'restic init' is run again
    renameSync(path, away);
    const other = await ResticRepository.create({ generation: 'newest', path });
    await other.backup(data);
    await expectTold('different_repository', { words: 'another repository', code: 2 });
    await expectTheSameAfterRestart('different_repository');
    rmSync(path, { recursive: true });
    renameSync(away, path);
    await untilAcknowledged(); // a look at half of a repository may have found it damaged

    // a pack vanishes: suspect or damaged, as the repository is large or small
    for (let seed = 0; seed < 25; seed += 1) {
      changeTree(data, { seed, files: 1 });
      await repository.backup(data);
    }
    await daemon.untilComplete('near', 27);
    held.splice(0, held.length, ...objectsOf(replica));
    const pack = objectsOf(path).find((name) => name.startsWith('data/')) ?? '';
    renameSync(join(path, pack), `${away}.pack`);
    await expectTold('suspect', { words: 'suspect', code: 1 });
    await expectTheSameAfterRestart('suspect');
    renameSync(`${away}.pack`, join(path, pack));
    await untilOk();

    // and what comes then is replicated as ever
    changeTree(data, { seed: 99 });
    await daemon.untilComplete('near', await repository.backup(data));
  }, 240_000);
});
