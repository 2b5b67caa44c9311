import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writerIdentity } from '../../../src/state/writer.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools } from '../../support/tools.ts';

const ONE = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';

/** A machine: its state directory, and the file with its machine id. */
class Machine {
  readonly state = temporaryDirectory();
  readonly idFile = join(temporaryDirectory(), 'machine-id');

  constructor(id?: string) {
    if (id !== undefined) writeFileSync(this.idFile, `${id}\n`);
  }

  identity() {
    return writerIdentity(this.state, this.idFile);
  }
}

/** The identity as earlier versions derived it. */
function formerly(machineId: string): string {
  return createHash('sha256').update(`backup-syncd ${machineId}`).digest('hex').slice(0, 16);
}

test('an identity is made once, and kept for its owner alone', async () => {
  const machine = new Machine(ONE);

  const first = await machine.identity();

  expect(await machine.identity()).toEqual(first);
  expect(readdirSync(machine.state)).toEqual(['writer-id']);
  expect(statSync(join(machine.state, 'writer-id')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(machine.state, 'writer-id'), 'utf8')).not.toContain(ONE);
});

test('processes that start at the same time agree', async () => {
  const machine = new Machine(ONE);

  const all = await Promise.all(Array.from({ length: 8 }, () => machine.identity()));

  expect(new Set(all.map(({ writer }) => writer)).size).toBe(1);
});

test('machines of one image, set up after they were cloned, are two', async () => {
  const a = await new Machine(ONE).identity();
  const b = await new Machine(ONE).identity();

  expect(a.writer).not.toBe(b.writer);
});

test('a copied state directory gets a new, stable writer on a machine with another id', async () => {
  const original = new Machine(ONE);
  const { writer } = await original.identity();
  const copy = new Machine(OTHER);
  cpSync(original.state, copy.state, { recursive: true });

  const there = await copy.identity();

  expect(there.writer).not.toBe(writer);
  expect(await copy.identity()).toEqual(there);
  expect((await original.identity()).writer).toBe(writer);
});

test.each([
  ['is missing', undefined],
  ['is empty', ''],
  ['is uninitialized', 'uninitialized'],
  ['is all zeros', '0'.repeat(32)],
  ['is no hexadecimal number', 'x'.repeat(32)],
])('a machine id that %s is ignored: the kept id is the identity', async (_, id) => {
  const machine = new Machine(id);
  const { writer, formerWriter } = await machine.identity();

  expect(formerWriter).toBeUndefined();
  expect((await new Machine(id).identity()).writer).not.toBe(writer);
  writeFileSync(machine.idFile, `${ONE}\n`); // the end of its first boot
  expect((await machine.identity()).writer).toBe(writer);
});

test('a machine id that goes away changes nothing', async () => {
  const machine = new Machine(ONE);
  const { writer } = await machine.identity();
  writeFileSync(machine.idFile, 'uninitialized\n');

  expect((await machine.identity()).writer).toBe(writer);
});

test('markers of earlier versions name the machine by its id, or by the id that was kept without one', async () => {
  expect((await new Machine(ONE).identity()).formerWriter).toBe(formerly(ONE));

  const container = new Machine();
  writeFileSync(join(container.state, 'writer-id'), '0123456789abcdef\n');
  expect((await container.identity()).writer).toBe('0123456789abcdef');
});

test('a damaged file is made again', async () => {
  const machine = new Machine(ONE);
  writeFileSync(join(machine.state, 'writer-id'), '');

  const { writer } = await machine.identity();

  expect(writer).toMatch(/^[0-9a-f]{16}$/);
  expect((await machine.identity()).writer).toBe(writer);
});

test('what a later version has added to the file changes nothing', async () => {
  const machine = new Machine(ONE);
  const first = await machine.identity();
  const file = join(machine.state, 'writer-id');
  const text = `${readFileSync(file, 'utf8')}something: new\n`;
  writeFileSync(file, text);

  expect(await machine.identity()).toEqual(first);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('an identity that cannot be read is an error, and is not replaced', async () => {
  const machine = new Machine(ONE);
  mkdirSync(join(machine.state, 'writer-id'));

  await expect(machine.identity()).rejects.toThrow('cannot save the identity');
});

test('without space for it, the machine keeps its former name, or fails if it has none', async () => {
  const machine = new Machine(ONE);
  const nowhere = join(machine.state, 'missing');

  const identity = await writerIdentity(nowhere, machine.idFile);

  expect(identity).toEqual({ writer: formerly(ONE) });
  await expect(writerIdentity(nowhere, nowhere)).rejects.toThrow('cannot save the identity');
});

describeWithTools(['root'], 'an identity that root makes', () => {
  test('belongs to the owner of the state directory', async () => {
    const machine = new Machine(ONE);
    chownSync(machine.state, 1234, 1234);
    chmodSync(machine.state, 0o700);

    await machine.identity();

    expect(statSync(join(machine.state, 'writer-id'))).toMatchObject({ uid: 1234, gid: 1234 });
  });
});
