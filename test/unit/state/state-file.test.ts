import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { initialFacts } from '../../../src/facts/initial.ts';
import { packageVersion } from '../../../src/runtime/package-files.ts';
import { loadState, saveState, stateFileOf } from '../../../src/state/state-file.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const FACTS = initialFacts('ahost', ['nas'], 1_000);

function stateFile(): { directory: string; file: string } {
  const directory = temporaryDirectory();
  return { directory, file: stateFileOf(directory, 'ahost') };
}

test('there is nothing to load on the first start', async () => {
  expect(await loadState(stateFile().file, 'ahost')).toEqual({ facts: undefined });
});

test('saved facts are loaded, and no other file is left', async () => {
  const { directory, file } = stateFile();

  await saveState(file, FACTS, { now: 2_000 });

  const { facts } = await loadState(file, 'ahost');
  expect(facts?.history.setUpAt).toBe(1_000);
  expect([...(facts?.backends.keys() ?? [])]).toEqual(['nas']);
  expect(readdirSync(directory)).toEqual(['ahost.json']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file of a version with fewer states and facts is read, with the state that it records', async () => {
  const { file } = stateFile();
  const text = {
    schemaVersion: 1,
    client: 'ahost',
    writtenAt: 5,
    setUpAt: 1,
    lostUnreplicated: 0,
    source: { state: 'empty', scans: 7, scanFailures: 1, isKnown: true, refused: [] },
    snapshots: { ['a'.repeat(64)]: { t: 3, s: 1 } },
    backends: {},
  };
  writeFileSync(file, JSON.stringify(text));

  const { facts } = await loadState(file, 'ahost');

  expect(facts?.source.health).toMatchObject({ state: 'empty', scans: 7 });
  expect(facts?.source.health.noticed).toBeUndefined();
});

test('what a crash in the middle of saving leaves is overwritten', async () => {
  const { directory, file } = stateFile();
  await saveState(file, FACTS, { now: 2_000 });
  writeFileSync(`${file}.new`, '{"half":');

  expect((await loadState(file, 'ahost')).facts).toBeDefined();
  await saveState(file, FACTS, { now: 3_000 });

  expect(readdirSync(directory)).toEqual(['ahost.json']);
});

test.each([
  ['cut short', '{"schemaVersion":1,"client":"ah'],
  ['empty', ''],
  ['no object', 'null'],
  ['of other contents', '{"hello":"world"}'],
  ['of a version that is no number', '{"schemaVersion":"2"}'],
  ['full of zeros, as a power cut leaves it', '\0'.repeat(100)],
])('a file that is %s is put aside, and nothing of it is lost', async (_what, text) => {
  const { directory, file } = stateFile();
  writeFileSync(file, text);

  const { facts, damagedFile = '' } = await loadState(file, 'ahost', { putAsideAt: 0 });

  expect(facts).toBeUndefined();
  expect(damagedFile).toBe(`${file}.damaged-1970-01-01T000000.000Z`);
  expect(readFileSync(damagedFile, 'utf8')).toBe(text);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('a reader that only looks leaves a damaged file where it is', async () => {
  const { file } = stateFile();
  writeFileSync(file, 'x');

  expect(await loadState(file, 'ahost')).toEqual({
    facts: undefined,
    damagedFile: file,
  });
  expect(readFileSync(file, 'utf8')).toBe('x');
});

test('a client does not use the state file of another client', async () => {
  const { file } = stateFile();
  await saveState(file, initialFacts('bhost', [], 1), { now: 2 });

  expect((await loadState(file, 'ahost')).facts).toBeUndefined();
});

test('a file of a newer version is refused as a configuration error, and is kept', async () => {
  const { file } = stateFile();
  const text = JSON.stringify({ schemaVersion: 2, client: 'ahost' });
  writeFileSync(file, text);

  await expect(loadState(file, 'ahost')).rejects.toMatchObject({
    name: 'UnavailableError',
    why: 'configuration',
    message: expect.stringContaining('newer version'),
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a file of a newer program that this one cannot read is refused, and not put aside as damaged', async () => {
  const { file } = stateFile();
  await saveState(file, FACTS, { now: 2_000 });
  const saved = JSON.parse(readFileSync(file, 'utf8')) as { source: object };
  expect(saved).toMatchObject({ writtenBy: packageVersion() });
  const source = { ...saved.source, state: 'of which this version knows nothing' };
  const newer = JSON.stringify({ ...saved, source, writtenBy: '99.0.1' });
  writeFileSync(file, newer);

  await expect(loadState(file, 'ahost', { putAsideAt: 0 })).rejects.toMatchObject({
    why: 'configuration',
    message: expect.stringMatching(/newer version \(99\.0\.1, this one is \d/),
  });
  expect(readFileSync(file, 'utf8')).toBe(newer);

  writeFileSync(file, JSON.stringify({ ...saved, source, writtenBy: packageVersion() }));
  const { damagedFile } = await loadState(file, 'ahost', { putAsideAt: 0 });
  expect(damagedFile).toBeDefined();
});

test('a file of a newer program of the same form is read; what this one does not know is left out', async () => {
  const { file } = stateFile();
  await saveState(file, FACTS, { now: 2_000 });
  const saved = JSON.parse(readFileSync(file, 'utf8')) as { source: object };
  const source = { ...saved.source, unheardOf: { at: 1 } };
  writeFileSync(file, JSON.stringify({ ...saved, source, writtenBy: '99.0.1', more: [1] }));

  expect((await loadState(file, 'ahost')).facts).toEqual((await through(saved)).facts);

  async function through(json: object) {
    const other = stateFile().file;
    writeFileSync(other, JSON.stringify(json));
    return loadState(other, 'ahost');
  }
});

test('a file that cannot be read is not replaced by an empty state', async () => {
  const { file } = stateFile();
  mkdirSync(file);

  await expect(loadState(file, 'ahost')).rejects.toMatchObject({ why: 'unavailable' });
});
