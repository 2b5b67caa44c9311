import { chmodSync, copyFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { checkReplica, objectsOf } from '../support/replica.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';
import { makeRig, makeSurplus, retire, type Rig } from '../suites/retire-kill.ts';

/** The refusals of `backend retire` and `backend restore-retired`; each advice is followed to the letter. */
describeWithTools(['newest/restic'], 'the advice of retire', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await makeRig('directory', 'newest');
    await makeSurplus(rig);
  });

  async function expectRefused(args: readonly string[], words: string): Promise<void> {
    const { code, stderr } = await retire(rig, args);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(words) as unknown,
    });
  }

  /** Returns the date. */
  async function expectDone(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await retire(rig, [...args, '--yes']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return /\d{4}-\d\d-\d\dT\d{6}Z/.exec(stdout)?.[0] ?? '';
  }

  /** Finds an object that is at the replica, and no longer at the source. */
  function surplus(kind: 'snapshots' | 'index'): string {
    const atSource = new Set(objectsOf(rig.seed.path));
    const found = objectsOf(rig.replica).find(
      (path) => path.startsWith(`${kind}/`) && !atSource.has(path),
    );
    return found ?? 'none';
  }

  async function isIntact(): Promise<boolean> {
    return (await checkReplica(rig.replica, 'newest')).ok;
  }

  test('an object that cannot be retired: the list that it proposes has those that can be', async () => {
    const command = 'backup-syncd backend retire ahost near --all --dry-run';
    await expectRefused(['retire', 'snapshots/00000000', '--yes'], command);
    const { stdout } = await retire(rig, command.split(' ').slice(2).filter(isNoName));
    expect(stdout).toContain(surplus('index'));
  });

  test('a key that is damaged at the backend: out of the replica, and sent again', async () => {
    const [key = ''] = readdirSync(join(rig.seed.path, 'keys'));
    const path = join(rig.replica, 'keys', key);
    spoil(path);
    const hint = 'move that file out of the replica, and send it again: backup-syncd sync ahost';
    await expectRefused(['retire', '--keys', '--yes'], hint);

    renameSync(path, join(temporaryDirectory(), key));
    await expectRefused(['retire', '--keys', '--yes'], 'run: backup-syncd sync ahost');
    expect(await rig.syncd.here(['sync', 'ahost'])).toMatchObject({ code: 0 });
    const date = await expectDone(['retire', '--keys']);
    await expectDone(['restore-retired', date]);
  });

  test('a snapshot whose index is retired apart: the index comes first', async () => {
    const first = await expectDone(['retire', surplus('snapshots')]);
    await waitFor(() => new Date().toISOString().replaceAll(':', '').slice(0, 17) > first, {
      what: 'another second',
    });
    const second = await expectDone(['retire', '--all']);
    expect(second > first).toBe(true);
    await expectRefused(
      ['restore-retired', first, '--yes'],
      `move that back first: backup-syncd backend restore-retired ahost near ${second}`,
    );
    await expectDone(['restore-retired', second]);
    await expectDone(['restore-retired', first]);
    expect(await isIntact()).toBe(true);
  });

  test('a retired index that is damaged, or gone: only an intact one brings its snapshots back', async () => {
    const name = surplus('index');
    const date = await expectDone(['retire', '--all']);
    const retired = join(rig.replica, '.backup-syncd/retired', date, name);
    const aside = temporaryDirectory();
    const [intact, spoilt] = [join(aside, 'intact'), join(aside, 'spoilt')];
    copyFileSync(retired, intact);
    spoil(retired);
    await expectRefused(['restore-retired', date, '--yes'], 'replace it with an intact copy');

    renameSync(retired, spoilt); // and not put back
    await expectRefused(['restore-retired', date, '--yes'], 'it is gone from there');
    expect(await isIntact()).toBe(true);

    copyFileSync(intact, retired);
    await expectDone(['restore-retired', date]);
    expect(await isIntact()).toBe(true);
  });

  test.each([
    ['its snapshots', /^snapshots\//, 'find out who removed them'],
    ['its packs', /^data\//, 'put the packs back, for example from a backend'],
  ])('a source that lost %s: nothing moves until it is back', async (_, lost, words) => {
    const { path } = rig.seed;
    const paths = objectsOf(path).filter((object) => lost.test(object));
    const aside = temporaryDirectory();
    for (const [i, object] of paths.entries()) renameSync(join(path, object), join(aside, `${i}`));
    for (let looks = 0; looks < 2; looks += 1)
      await expectRefused(['retire', '--all', '--yes'], words);
    for (const [i, object] of paths.entries()) renameSync(join(aside, `${i}`), join(path, object));
    expect(await rig.syncd.here(['sync', 'ahost'])).toMatchObject({ code: 0 });
    const ack = 'backup-syncd ack ahost --reason TEXT';
    await expectRefused(['retire', '--all', '--yes'], `or everything is back, run: ${ack}`);
    expect(await rig.syncd.here(ack.split(' ').slice(1))).toMatchObject({ code: 0 });
    await expectDone(['retire', '--all', '--dry-run']);
    expect(await isIntact()).toBe(true);
  });
});

function isNoName(word: string): boolean {
  return word !== 'ahost' && word !== 'near';
}

/** Another content of the same length. */
function spoil(path: string): void {
  chmodSync(path, 0o600);
  writeFileSync(path, Buffer.alloc(statSync(path).size, 'x'));
}
