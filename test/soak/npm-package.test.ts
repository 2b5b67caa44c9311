import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { runProcess, startProcess } from '../support/process.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { projectDirectory } from '../support/tools.ts';

const directory = temporaryDirectory();
const root = join(directory, 'lib/node_modules/backup-syncd');

/** Packs the program, and installs it as `npm install --global` does on a machine that knows no registry. */
beforeAll(async () => {
  const cache = ['--cache', join(directory, 'cache'), '--offline', '--no-audit', '--no-fund'];
  const npm = async (...args: readonly string[]) =>
    expect(await runProcess('npm', [...args, ...cache], { cwd: projectDirectory })).toMatchObject({
      code: 0,
    });
  await npm('pack', '--pack-destination', directory);
  const [file = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  await npm('install', '--global', '--prefix', directory, join(directory, file));
}, 600_000);

const run = (...args: readonly string[]) => runProcess(join(directory, 'bin/backup-syncd'), args);

test('the package runs', async () => {
  const config = temporaryDirectory();
  cpSync(join(root, 'deploy/config'), config, { recursive: true });

  expect(await run('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  const checked = await run('check-config', '--config-dir', config, '--json');
  expect(JSON.parse(checked.stdout)).toMatchObject({ problems: expect.any(Array) });
});

test('the package has its own dependencies, and the demo runs', async () => {
  const demo = startProcess(join(directory, 'bin/backup-syncd'), ['demo', '--port', '0']);
  await demo.waitForLine(/http:\/\//);
  expect(await demo.stop(60_000)).toMatchObject({ code: 0 });
});

test('man finds the pages of the package', () => {
  const pages = readdirSync(join(directory, 'share/man/man1'));

  expect(pages).toContain('backup-syncd.1');
  expect(pages).toContain('backup-syncd-client-add.1');
});
