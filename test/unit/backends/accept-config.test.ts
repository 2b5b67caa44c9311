import { describe, expect, test } from '@jest/globals';
import { acceptConfig, examineConfig } from '../../../src/backends/accept-config.ts';
import { adopt } from '../../../src/backends/initialise.ts';
import { createMarker, readMarker, writeMarker } from '../../../src/backends/marker.ts';
import { MemoryLocation, sha256 } from '../../support/memory-location.ts';

const NEVER = new AbortController().signal;
const OWNER = { client: 'ahost', backend: 'nas', writer: 'here' };
const [OLD, NEW] = ['the config of old', 'the config of new'];

function putKeys({ place }: MemoryLocation, ...contents: readonly string[]): void {
  for (const path of place.paths('keys/')) place.delete(path);
  for (const content of contents) place.put(`keys/${sha256(content)}`, content);
}

/** A replica with a snapshot, and the source that it was made of, whose config is another one now. */
async function makePair(sourceKeys: readonly string[], replicaKeys: readonly string[]) {
  const source = new MemoryLocation(undefined, '/source');
  const target = new MemoryLocation(undefined, '/replica');
  for (const { place } of [source, target]) place.put(`snapshots/${sha256('s')}`, 's');
  source.place.put('config', NEW);
  target.place.put('config', OLD);
  putKeys(source, ...sourceKeys);
  putKeys(target, ...replicaKeys);
  const marker = createMarker(OWNER, 0, sha256(OLD));
  await writeMarker(target, marker, { signal: NEVER });
  const before = new Map(target.place.files);
  return {
    source,
    target,
    before,
    options: { source, target, isRemote: false, owner: OWNER, signal: NEVER },
  };
}

describe('accepting a config', () => {
  test('of the same repository: it is replaced, the old one is kept, and nothing is left to accept', async () => {
    const { target, options } = await makePair(['k1'], ['k1', 'k of somebody who left']);

    const kept = await acceptConfig(options, await examineConfig(options));

    expect(kept).toBe(`.backup-syncd/config.${sha256(OLD)}`);
    expect(target.place.content(kept ?? '')?.toString()).toBe(OLD);
    expect(target.place.content('config')?.toString()).toBe(NEW);
    expect(await readMarker(target, options)).toMatchObject({ configSha256: sha256(NEW) });
    expect(await examineConfig(options)).toMatchObject({ isNothing: true });
  });

  test.each([
    ['a repository made anew', ['k2'], ['k1']],
    ['a key that the replica lacks', ['k1', 'k2'], ['k1']],
    ['a source without a key', [], ['k1']],
    ['a replica without a key', ['k1'], []],
  ])('is refused for %s, though snapshots are shared', async (_, sourceKeys, replicaKeys) => {
    const { target, before, options } = await makePair(sourceKeys, replicaKeys);

    await expect(examineConfig(options)).rejects.toMatchObject({ reason: 'diverged' });

    expect(target.place.files).toEqual(before);
  });

  test.each(['source', 'target'] as const)(
    'is refused when a key at the %s has another content than its name says',
    async (side) => {
      const { target, options } = await makePair(['k1'], ['k1']);
      options[side].place.put(`keys/${sha256('k1')}`, 'k2');

      await expect(examineConfig(options)).rejects.toMatchObject({ reason: 'verify' });

      expect(target.writes).toHaveLength(1); // the marker, by this test
    },
  );

  test('is refused if the repository was recreated while a person was asked', async () => {
    const { source, target, before, options } = await makePair(['k1'], ['k1']);
    const seen = await examineConfig(options);
    source.place.put('config', 'a third one');
    await expect(acceptConfig(options, seen)).rejects.toThrow('changed again');
    putKeys(source, 'k2');
    await expect(acceptConfig(options, seen)).rejects.toMatchObject({ reason: 'diverged' });

    expect(target.place.files).toEqual(before);
  });

  test.each([1, 2])(
    'can be called again when it was killed after %s of its writes',
    async (writes) => {
      const { target, options } = await makePair(['k1'], ['k1']);
      const seen = await examineConfig(options);
      let left = writes;
      target.before = ({ method }) => {
        if (method === 'write' && left-- === 0) throw new Error('killed');
      };
      await expect(acceptConfig(options, seen)).rejects.toThrow('killed');
      target.before = () => undefined;

      await acceptConfig(options, await examineConfig(options));

      expect(target.place.content(`.backup-syncd/config.${sha256(OLD)}`)?.toString()).toBe(OLD);
      expect(await examineConfig(options)).toMatchObject({ isNothing: true });
    },
  );
});

describe('adopting a replica', () => {
  const now = 0;

  test.each([
    ['with another config', true],
    ['without a config', false],
  ])('%s and other keys is refused', async (_, hasConfig) => {
    const { target, before, options } = await makePair(['k2'], ['k1']);
    if (!hasConfig) target.place.delete('config');
    if (!hasConfig) before.delete('config');

    await expect(adopt({ ...options, now })).rejects.toMatchObject({ reason: 'diverged' });

    expect(target.place.files).toEqual(before);
  });

  test('whose source was migrated since is adopted, and the config must then be accepted', async () => {
    const { target, options } = await makePair(['k1'], ['k1']);

    expect(await adopt({ ...options, now })).toMatchObject({ isConfigOther: true });

    expect(target.place.content('config')?.toString()).toBe(OLD);
    await acceptConfig(options, await examineConfig(options));
    expect(target.place.content('config')?.toString()).toBe(NEW);
  });
});
