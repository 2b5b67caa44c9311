import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { runProcess } from '../support/process.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { projectDirectory } from '../support/tools.ts';

const directory = temporaryDirectory();
const root = join(directory, 'package');

/** Packs the program as it is built now, while other tests run it. */
beforeAll(async () => {
  expect(await runProcess('npm', ['run', 'man'], { cwd: projectDirectory })).toMatchObject({
    code: 0,
  });
  const pack = ['pack', '--ignore-scripts', '--pack-destination', directory];
  expect(await runProcess('npm', pack, { cwd: projectDirectory })).toMatchObject({ code: 0 });
  const [file = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  await runProcess('tar', ['-xzf', file], { cwd: directory });
});

// It is installed globally in the soak.

test('npm pack builds the program before it packs', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectDirectory, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  expect(scripts['prepack']).toBe('npm run build && npm run man');
});

test('the package holds the page of each command', () => {
  const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { man: string[] };

  expect(man).toContain('dist/man/backup-syncd.1');
  expect(man.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(readFileSync(join(root, 'dist/man/backup-syncd.1'), 'utf8')).not.toContain('/usr/share');
});

test('the package runs, with the packages that come with it', async () => {
  const config = temporaryDirectory();
  cpSync(join(root, 'deploy/config'), config, { recursive: true });
  const run = (args: readonly string[]) =>
    runProcess(process.execPath, [join(root, 'dist/main.js'), ...args]);

  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  const checked = await run(['check-config', '--config-dir', config, '--json']);
  expect(JSON.parse(checked.stdout)).toMatchObject({ problems: expect.any(Array) });
  for (const name of ['express', 'pino', 'pino-pretty', 'prom-client'])
    expect(existsSync(join(root, 'node_modules', name, 'package.json'))).toBe(true);
});

test('the package holds every file that its messages refer to', () => {
  const text = readdirSync(join(root, 'dist'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(root, 'dist', name), 'utf8'))
    .join('\n');
  const named = [...text.matchAll(/\b(?:docs|alerts|deploy|dashboards)\/[\w./-]+\w/g)];
  const paths = [...new Set(named.map(([path]) => path))];

  expect(paths).toContain('docs/configuration.md');
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
