import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { expect, test } from '@jest/globals';
import { runProcess } from '../support/process.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { projectDirectory } from '../support/tools.ts';

const dist = join(projectDirectory, 'dist');
const compiledOf = (directory: string) =>
  join(directory, readdirSync(directory).find((name) => name.endsWith('.compiled')) ?? '');

/** The program as it is installed, to be damaged. */
function install(): string {
  const root = temporaryDirectory();
  cpSync(dist, join(root, 'dist'), { recursive: true });
  cpSync(join(projectDirectory, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(projectDirectory, 'node_modules'), join(root, 'node_modules'));
  return root;
}

test('the build compiles the program ahead, in a way that this V8 accepts', () => {
  const compiled = compiledOf(dist);
  const code = readFileSync(compiled.replace(/\.compiled$/, ''), 'latin1');

  const script = new Script(code, { cachedData: readFileSync(compiled) });

  expect(script.cachedDataRejected).toBe(false);
});

test.each([
  ['is not there', (path: string) => rmSync(path)],
  ['is empty', (path: string) => writeFileSync(path, '')],
  ['is of another V8', (path: string) => writeFileSync(path, Buffer.alloc(100_000, 0xa5))],
  ['was cut short', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 100_000))],
])('the program runs when what was compiled %s', async (_, damage) => {
  const root = install();
  damage(compiledOf(join(root, 'dist')));
  const config = join(root, 'nothing');

  const main = join(root, 'dist/main.js');
  const { code, stderr } = await runProcess(process.execPath, [
    ...[main, '--config-dir', config, 'status'],
  ]);

  expect({ code, stderr }).toMatchObject({ code: 78, stderr: expect.stringContaining(config) });
});
