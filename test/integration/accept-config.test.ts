import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository } from '../support/restic.ts';
import { createTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(['newest/restic'], 'backend accept-config after restic migrate', () => {
  /** A client with one complete backend, whose source was migrated since. */
  async function migrated() {
    const path = join(temporaryDirectory(), 'repository');
    const repository = await ResticRepository.create({ generation: 'newest', path }, [
      ...['--repository-version', '1'],
    ]);
    const data = temporaryDirectory();
    createTree(data, { files: 4 });
    await repository.backup(data);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    await repository.run(['migrate', 'upgrade_repo_v2']);
    const accept = () => syncd.cli(['backend', 'accept-config', 'ahost', 'near', '--yes']);
    return { path, repository, syncd, accept, config: join(syncd.backend('near'), 'config') };
  }

  test('by two administrators at once, while the daemon runs: it continues by itself, and the old config is kept', async () => {
    const { path, repository, syncd, accept, config } = await migrated();
    const old = readFileSync(config);
    const daemon = await syncd.start();
    await daemon.until('near', ({ reason }) => reason === 'diverged');

    const both = await Promise.all([accept(), accept()]);

    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const kept = both.flatMap(({ stdout }) => /saved as (\S+)/.exec(stdout)?.[1] ?? []);
    expect(kept.length).toBeGreaterThan(0);
    for (const file of kept) expect(readFileSync(file)).toEqual(old);
    expect(readFileSync(config)).toEqual(readFileSync(join(path, 'config')));
    await daemon.until('near', ({ state }) => state === 'idle');
    await daemon.process.stop();
    expect(await checkReplica(syncd.backend('near'), 'newest')).toMatchObject({ ok: true });
    expect(await repository.check()).toMatchObject({ ok: true });
  });

  test('with a key that was added since is refused: without the key it is accepted, and then the key comes', async () => {
    const { repository, syncd, accept, config } = await migrated();
    const old = readFileSync(config);
    await repository.addKey('another one');
    const refused = await accept();
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('remove it from the source') as unknown,
    });
    expect(readFileSync(config)).toEqual(old);

    await repository.removeKeyOf('another one');
    expect(await accept()).toMatchObject({ code: 0 });
    await repository.addKey('another one');
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ outcome: 'complete' }] });
    expect(await checkReplica(syncd.backend('near'), 'newest')).toMatchObject({ ok: true });
  });
});
