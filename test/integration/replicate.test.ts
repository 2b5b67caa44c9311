import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';
import { testLife } from '../suites/life.ts';
import { expectWhole, testWrittenBy } from '../suites/written-by.ts';

testWrittenBy('debian12', 'rest-server'); // in other ways in the soak

testLife('newest'); // with debian12's in the soak

describeWithTools(['newest/restic'], 'backend init', () => {
  test('adopts a complete replica that was made by cp, and sends nothing again', async () => {
    const { path, data } = await seedRepository('newest');
    const replica = join(temporaryDirectory(), 'replica');
    cpSync(path, replica, { recursive: true, preserveTimestamps: true });
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source: path, backends: { near: replica } });
    const refused = await syncd.here(['backend', 'init', 'ahost', 'near', '--same-disk']);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('--adopt');
    expect(existsSync(join(replica, '.backup-syncd'))).toBe(false);
    expect(await syncd.init('near', 'ahost', ['--adopt'])).toContain('0 are missing');
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ sent: { objects: 0 } }] });
    const latest = (await ResticRepository.open({ generation: 'newest', path }).snapshots()).at(-1);
    await expectWhole(replica, 'newest', { [latest?.id ?? '']: data });
  });

  test('adopts an incomplete replica, whose snapshots count only when it is complete', async () => {
    const { path } = await seedRepository('newest');
    const replica = join(temporaryDirectory(), 'replica');
    cpSync(path, replica, { recursive: true, preserveTimestamps: true });
    const packs = objectsOf(replica).filter((name) => name.startsWith('data/'));
    const [lost, cut] = [packs[0] ?? '', packs[1] ?? ''];
    rmSync(join(replica, lost));
    rmSync(join(replica, cut));
    cpSync(join(path, 'config'), join(replica, cut)); // another size
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source: path, backends: { near: replica } });
    expect(await syncd.init('near', 'ahost', ['--adopt'])).toContain('2 are missing or differ');
    expect(await syncd.syncHere()).toMatchObject({
      code: 0,
      backends: [{ outcome: 'complete', sent: { objects: 2 } }],
    });
    expect(wrongObjects(replica)).toEqual([]);
    expect(await checkReplica(replica, 'newest', { readData: true })).toMatchObject({ ok: true });
  });

  test('does not adopt the replica of another repository, nor one that another client has', async () => {
    const { path } = await seedRepository('newest');
    const foreign = join(temporaryDirectory(), 'replica');
    await ResticRepository.create({ generation: 'newest', path: foreign });
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source: path, backends: { near: foreign } });
    const before = objectsOf(foreign);
    const refused = await syncd.here([
      'backend',
      'init',
      'ahost',
      'near',
      '--adopt',
      '--same-disk',
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('a different repository');
    expect(objectsOf(foreign)).toEqual(before);
    expect(existsSync(join(foreign, '.backup-syncd'))).toBe(false);

    const { path: source } = await seedRepository('newest');
    await syncd.addClient('bhost', { source, backends: ['near'] });
    const taken = syncd.backend('near', 'bhost');
    syncd.removeClient('bhost');
    syncd.writeClient('ahost', { source: path, backends: { near: taken } });
    const other = await syncd.here(['backend', 'init', 'ahost', 'near', '--adopt', '--same-disk']);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('belongs to client bhost');
  });

  test('a source that goes away and comes back changes nothing', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    const before = objectsOf(syncd.backend('near'));
    renameSync(path, `${path}.away`);
    expect(await syncd.syncHere()).toMatchObject({ code: 1 });
    expect(objectsOf(syncd.backend('near'))).toEqual(before);
    renameSync(`${path}.away`, path);
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ sent: { objects: 0 } }] });
  });
});
