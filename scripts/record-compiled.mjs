// What V8 has compiled of the program after one short pass, kept beside it for dist/main.js: all that such a pass needs.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const self = fileURLToPath(import.meta.url);
if (process.argv[1] === self) recordHere(process.argv[2]);

export function recordCompiled(dist, program) {
  const directory = mkdtempSync(join(tmpdir(), 'backup-syncd-build-'));
  try {
    const setUp = makeClient(directory);
    run([join(dist, 'main.js'), ...setUp, 'backend', 'init', '--same-disk', 'a', 'one']);
    run([join(dist, 'main.js'), ...setUp, 'sync', 'a']);
    addSnapshot(directory);
    run([self, join(dist, program), ...setUp, 'sync', 'a']);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs the program in this process, and keeps what was compiled when it ends. */
function recordHere(filename) {
  const script = new Script(readFileSync(filename, 'latin1'), { filename });
  process.on('exit', () => writeFileSync(`${filename}.compiled`, script.createCachedData()));
  process.argv.splice(1, 1);
  script.runInThisContext()(createRequire(filename), filename);
}

function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
}

/** Objects that look like a repository's; answers how to name the configuration. */
function makeClient(directory) {
  const [source, target, etc] = ['source', 'target', 'etc'].map((name) => join(directory, name));
  for (const path of [source, target, join(etc, 'clients')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(source, 'config'), 'config');
  for (const kind of ['keys', 'index', 'snapshots']) mkdirSync(join(source, kind));
  addObject(source, 'keys', keyFile());
  addSnapshot(directory);
  writeFileSync(join(etc, 'backup-syncd.yaml'), `stateDirectory: ${directory}/state\n`);
  writeFileSync(
    join(etc, 'clients', 'a.yaml'),
    [
      `source: { directory: ${source} }`,
      'expect: { snapshotEvery: off, copies: 2 }',
      `backends: [{ name: one, directory: ${target}, minFree: 1MiB }]\n`,
    ].join('\n'),
  );
  return ['--config-dir', etc];
}

function addSnapshot(directory) {
  for (const kind of ['data', 'index', 'snapshots']) addObject(join(directory, 'source'), kind);
}

/** A malformed one would be refused. */
function keyFile() {
  const [salt, data] = [64, 160].map((bytes) => randomBytes(bytes).toString('base64'));
  return JSON.stringify({ kdf: 'scrypt', N: 32_768, r: 8, p: 1, salt, data });
}

function addObject(source, kind, content = randomBytes(100)) {
  const id = createHash('sha256').update(content).digest('hex');
  const folder = kind === 'data' ? join(source, kind, id.slice(0, 2)) : join(source, kind);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, id), content);
}
