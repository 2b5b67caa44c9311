import type { write } from 'node:fs';
import { expect, test } from '@jest/globals';
import { LineWriter } from '../../../src/log/line-writer.ts';

type Callback = (error: NodeJS.ErrnoException | null, written: number) => void;

/** A descriptor whose writes end when, and as, the test says. */
function slowDescriptor() {
  const texts: string[] = [];
  const pending: { text: string; callback: Callback }[] = [];
  const fake = (...[, bytes, , , , callback]: [number, Buffer, 0, number, null, Callback]) => {
    pending.push({ text: bytes.toString(), callback });
  };
  return {
    write: fake as unknown as typeof write,
    taken: () => texts.join(''),
    isBusy: () => pending.length > 0,
    /** Ends the write that is under way: with an error, or after so many bytes, or whole. */
    end({ code, bytes = Infinity }: { code?: string; bytes?: number } = {}): void {
      const { text = '', callback } = pending.shift() ?? {};
      if (code !== undefined) return callback?.(Object.assign(new Error(code), { code }), 0);
      const part = text.slice(0, bytes);
      texts.push(part);
      callback?.(null, part.length);
    },
  };
}

test('lines are written in their order, one write at a time', () => {
  const slow = slowDescriptor();
  const writer = new LineWriter(2, slow);
  for (const line of ['a\n', 'b\n', 'c\n']) writer.write(line);
  while (slow.isBusy()) slow.end();
  expect(slow.taken()).toBe('a\nb\nc\n');
});

test('the rest of a write that took only a part follows at once', () => {
  const slow = slowDescriptor();
  const writer = new LineWriter(2, slow);
  writer.write('abcdef\n');
  slow.end({ bytes: 3 });
  writer.write('g\n');
  while (slow.isBusy()) slow.end();
  expect(slow.taken()).toBe('abcdef\ng\n');
});

test('lines that find the buffer full are dropped and counted, and reported when the log works again', () => {
  const slow = slowDescriptor();
  const writer = new LineWriter(2, { ...slow, capacity: 10 });
  const told: number[] = [];
  writer.onRecovered = (lines) => told.push(lines);
  writer.write('under way\n');
  for (let i = 0; i < 7; i++) writer.write(`${i}234\n`);
  expect(writer.droppedLines).toBe(5);
  expect(told).toEqual([]);
  while (slow.isBusy()) slow.end();
  expect(slow.taken()).toBe('under way\n0234\n1234\n');
  expect(told).toEqual([5]);
});

test('what a full disk refuses is dropped and counted, and later lines are written', () => {
  const slow = slowDescriptor();
  const writer = new LineWriter(2, slow);
  writer.write('first\n');
  writer.write('second\n');
  writer.write('third\n');
  slow.end({ code: 'ENOSPC' });
  slow.end({ code: 'EIO' });
  writer.write('fourth\n');
  slow.end();
  expect(writer.droppedLines).toBe(3);
  expect(slow.taken()).toBe('fourth\n');
});

test('draining ends when all is written, and gives up on a reader that stalls', async () => {
  const slow = slowDescriptor();
  const writer = new LineWriter(2, slow);
  await expect(writer.drain(0)).resolves.toBe(true);
  writer.write('a\n');
  await expect(writer.drain(1)).resolves.toBe(false);
  const drained = writer.drain(60_000);
  slow.end();
  await expect(drained).resolves.toBe(true);
});
