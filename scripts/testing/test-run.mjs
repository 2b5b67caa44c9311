// One run of tests: a directory of its own, which is cleaned up together with what the tests left behind, and jest.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp } from '../tools/clean-up.mjs';
import { projectDirectory } from '../tools/paths.mjs';
import { describeSlowest, readResult } from './report.mjs';

const reporter = fileURLToPath(new URL('reporter.mjs', import.meta.url));

/**
 * What works with the platform: with files, processes, threads, streams or sockets. The commands run all the rest in-process. Rules that
 * only compute do not depend on the version of Node.
 */
const PLATFORM = [
  'test/unit/{cli,config,files,http,locations,log,metrics,process,restic,runtime,state,threads}/**/*',
  'test/unit/client/{heartbeat,hosted-unit,supervisor}',
  'test/unit/work/script/*',
];

/**
 * The tests of `npm test`, those that need no tools, those that depend on the version of Node, those of them that call the platform
 * directly, a few of these, and those of `npm run soak`.
 */
export const TESTS = {
  gate: ['test/{unit,contract,integration,e2e}/**/*'],
  quick: ['test/{unit,contract}/**/*'],
  platform: ['test/contract/**/*', ...PLATFORM],
  direct: [
    'test/contract/**/*',
    'test/unit/{files,http,locations,process,runtime,threads}/**/*',
    'test/unit/cli/commands/status',
  ],
  smoke: ['test/unit/{files,process,runtime,threads}/**/*', 'test/unit/cli/commands/status'],
  soak: ['test/soak/**/*', ...testsOfGenerations()],
};

/** Tests of the gate that run with each generation of the tools; the gate has only the newest one. As patterns without their ending. */
function testsOfGenerations() {
  return readdirSync(join(projectDirectory, 'test'), { recursive: true })
    .map((name) => join('test', name))
    .filter((file) => /^test\/(unit|integration|e2e)\/.*\.test\.ts$/.test(file))
    .filter((file) =>
      /^(import .*\bgenerations\b.*| +generations,)$/m.test(
        readFileSync(join(projectDirectory, file), 'utf8'),
      ),
    )
    .map((file) => file.replace(/\.test\.ts$/, ''));
}

export class TestRun {
  directory = mkdtempSync(join(tmpdir(), 'backup-syncd-test-'));
  running = new Set();

  /** @param {string[]} jestArguments what the user gave for jest: a path, `-t NAME`, … */
  constructor(jestArguments) {
    this.jestArguments = jestArguments;
    // Marks the processes of this run, and so those that outlive it.
    this.marker = ['BACKUP_SYNCD_TEST_RUN', basename(this.directory)];
    process.on('exit', () => cleanUp(this.marker.join('='), this.directory));
    for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
      process.on(signal, () => {
        for (const child of this.running) child.kill('SIGTERM');
        process.exit(code);
      });
    }
  }

  /** Builds dist/. Answers whether that worked. */
  async build() {
    console.log('test: building dist/');
    const isBuilt = (await this.execute('npm', ['run', '--silent', 'build'])) === 0;
    if (!isBuilt) console.log('test: the build failed');
    return isBuilt;
  }

  /**
   * Runs jest on some test files.
   *
   * @param {{ name: string, tests: string[], node?: string, ignore?: string, env?: Record<string, string> }} options
   * @returns what readResult answers
   */
  async runJest({ name, tests, node = process.execPath, ignore, env = {} }) {
    const temporary = join(this.directory, name); // short: Unix sockets live below it
    mkdirSync(temporary);
    const file = join(this.directory, `${name}.json`);
    const skips = join(this.directory, `${name}.skips`);
    const args = [
      fileURLToPath(import.meta.resolve('jest/bin/jest')),
      ...this.jestArguments, // first, so that no option with many values takes a path
      '--passWithNoTests',
      `--cacheDirectory=${join(this.directory, 'cache')}`, // one for all versions of Node
      ...this.defaults(),
      ...(ignore === undefined ? [] : [`--testPathIgnorePatterns=${ignore}`]),
      ...tests.map((pattern) => `--testMatch=<rootDir>/${pattern}.test.ts`),
    ];
    const code = await this.execute(node, args, {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules`.trim(),
      NODE_NO_WARNINGS: '1',
      TMPDIR: temporary,
      [this.marker[0]]: this.marker[1],
      BACKUP_SYNCD_SKIP_FILE: skips,
      BACKUP_SYNCD_RESULT_FILE: file,
      ...env,
    });
    return readResult({ code, file, skips, isFiltered: this.has(/^(-t|--testNamePattern)/) });
  }

  /**
   * Options of jest that the user did not choose. Most of the longer tests wait more than they compute: the tour computes for 31 of 80
   * seconds. So there are more workers than processors.
   */
  defaults() {
    const workers = Math.max(4, availableParallelism());
    return [
      ...(this.has(/^(-w|-i|--maxWorkers|--runInBand)/) ? [] : [`--maxWorkers=${workers}`]),
      `--reporters=${reporter}`,
      ...(this.has(/^--verbose/) ? ['--reporters=default'] : ['--verbose=false']),
    ];
  }

  has(pattern) {
    return this.jestArguments.some((arg) => pattern.test(arg));
  }

  /** Resolves to the exit code. */
  execute(command, args, env = {}) {
    return new Promise((resolve) => {
      const child = spawn(command, args, {
        cwd: projectDirectory,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      this.running.add(child);
      child.on('error', (error) => {
        console.log(`test: ${command}: ${error.message}`);
        resolve(1);
      });
      child.on('close', (code) => {
        this.running.delete(child);
        resolve(code ?? 1);
      });
    });
  }
}

/**
 * Prints the end of a run: the slowest files, what was skipped, and the closing line. Answers whether the run passed.
 *
 * @param {{ passed: number, failed: number, skipped: string[], files?: { name: string, seconds: number }[] }} result
 * @param {boolean} noSkip whether a skipped test fails the run
 */
export function conclude({ passed, failed, skipped, files = [] }, noSkip) {
  const slowest = describeSlowest(files);
  if (slowest.length > 0) console.log(['test: the slowest files', ...slowest].join('\n'));
  for (const line of skipped) console.log(`SKIPPED ${line}`);
  if (skipped.length > 0 && noSkip) console.log('test: nothing may be skipped here: FAILED');
  const suffix = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(`${passed} passed, ${failed} failed${suffix}`);
  return failed === 0 && !(noSkip && skipped.length > 0);
}
