import { expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findHung } from '../../../src/process/find-hung.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const { signal } = new AbortController();

/** An `ls` that hangs when it is to look at this directory. */
function hangAt(directory: string): void {
  const bin = join(temporaryDirectory(), 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nfor path; do [ "$path" = "${directory}" ] && exec sleep 600; done\nexit 0\n`;
  writeFileSync(join(bin, 'ls'), script, { mode: 0o755 });
  const { PATH } = process.env;
  process.env['PATH'] = `${bin}:${PATH ?? ''}`;
  onCleanUp(() => {
    process.env['PATH'] = PATH;
  });
}

test('directories that answer, or are not there, do not hang', async () => {
  const paths = [temporaryDirectory(), '/no/such/directory'];
  expect(await findHung(paths, { timeoutMs: 5_000, signal })).toEqual([]);
});

test('the one that does not answer in time is named', async () => {
  const [good, bad] = [temporaryDirectory(), temporaryDirectory()];
  hangAt(bad);
  expect(await findHung([good, bad, bad], { timeoutMs: 500, signal })).toEqual([bad]);
});

test('a check that was cancelled blames no path', async () => {
  const bad = temporaryDirectory();
  hangAt(bad);
  expect(await findHung([bad], { timeoutMs: 5_000, signal: AbortSignal.timeout(100) })).toEqual([]);
});
