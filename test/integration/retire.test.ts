import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { objectsOf } from '../support/replica.ts';
import { describeWithTools } from '../support/tools.ts';
import { makeRig, makeSurplus, retire, testRetireKills, type Rig } from '../suites/retire-kill.ts';

// every step in the soak
testRetireKills('directory', 'newest', ['retire-index-moved', 'restore-keys-moved']);
testRetireKills('S3', 'newest', ['retire-snapshots-copied']);

describeWithTools(['newest/restic'], 'retire: what it says and refuses', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await makeRig('directory', 'newest');
    await makeSurplus(rig);
  });

  test('status counts the stale key; --dry-run shows what would be moved and moves nothing', async () => {
    const before = objectsOf(rig.replica);
    const status = await rig.syncd.here(['status']);
    const { code, stdout } = await retire(rig, ['retire', '--all', '--dry-run']);

    expect(status.stdout).toContain('1 stale key');
    expect(status.stdout).toContain('backup-syncd backend retire ahost near --keys');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    for (const kind of ['snapshots/', 'index/', 'keys/']) expect(stdout).toContain(kind);
    expect(objectsOf(rig.replica)).toEqual(before);
  });

  test('without a terminal and without --yes nothing is moved', async () => {
    const before = objectsOf(rig.replica);
    const { code, stderr } = await retire(rig, ['retire', '--all']);

    expect(code).toBe(64);
    expect(stderr).toContain('add --yes');
    expect(objectsOf(rig.replica)).toEqual(before);
  });

  test('--json never prompts: it prints one document with --dry-run or --yes, and is refused without them', async () => {
    const planned = await retire(rig, ['retire', '--keys', '--dry-run', '--json']);
    const refused = await retire(rig, ['retire', '--keys', '--json']);

    expect(JSON.parse(planned.stdout)).toMatchObject({
      client: 'ahost',
      backend: 'near',
      dryRun: true,
      retiredKeys: [],
      destroyKeys: [],
      moved: [expect.stringMatching(/^keys\/[0-9a-f]{64}$/)],
    });
    expect(refused).toMatchObject({ code: 64, stdout: '' });
    expect(refused.stderr).toContain('add --yes or --dry-run');
  });

  test('an index that a snapshot which stays may need is refused', async () => {
    const atSource = new Set(objectsOf(rig.seed.path));
    const index = objectsOf(rig.replica).find(
      (path) => path.startsWith('index/') && !atSource.has(path),
    );
    const { code, stderr } = await retire(rig, ['retire', index ?? '', '--yes']);

    expect(code).toBe(1);
    expect(stderr).toContain('may need it');
  });

  test('--keys goes through the daemon, says how to destroy them, and they count until then', async () => {
    const daemon = await rig.syncd.start();
    await daemon.until('near', ({ state }) => state === 'idle');
    const { code, stdout } = await retire(rig, ['retire', '--keys', '--yes']);
    const after = await daemon.metric('backend_stale_keys', { backend: 'near' });
    const command = /^ {2}(rm .*)$/m.exec(stdout)?.[1] ?? '';
    const path = command.split(' ').at(-1) ?? '';

    expect({ code, after }).toEqual({ code: 0, after: 1 });
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(join(rig.replica, 'keys'))).toHaveLength(1);
    await rig.syncd.here(['sync', 'ahost']);
    expect((await daemon.backend('near')).state).toBe('idle');
    await daemon.process.stop();
  });
});
