// npm test: brings the tools, builds, runs the tests, says loudly what was skipped, and ends with the line
// "N passed, N failed". Other arguments go to jest (a path, -t NAME, …).
//   --unit      only test/unit and test/contract: fetches and builds nothing
//   --nodes     these two on Node 22, 24 and 26
//   --no-skip   (or BACKUP_SYNCD_NO_SKIP=1) a skipped test fails the run
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp } from './tools/clean-up.mjs';
import { ensureTools } from './tools/ensure-tools.mjs';
import { projectDirectory } from './tools/paths.mjs';

const ownOptions = ['--unit', '--nodes', '--no-skip'];
const options = new Set(process.argv.slice(2).filter((arg) => ownOptions.includes(arg)));
const jestArguments = process.argv.slice(2).filter((arg) => !ownOptions.includes(arg));
const noSkip = options.has('--no-skip') || process.env.BACKUP_SYNCD_NO_SKIP === '1';
const quick = ['test/unit', 'test/contract'];

const directory = mkdtempSync(join(tmpdir(), 'backup-syncd-test-'));
// Tells the processes of this run, and so what is left of them.
const marker = ['BACKUP_SYNCD_TEST_RUN', basename(directory)];
const running = new Set();
process.on('exit', () => cleanUp(marker.join('='), directory));
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    for (const child of running) child.kill('SIGTERM');
    process.exit(code);
  });
}

process.exitCode = (await main()) ? 0 : 1;

async function main() {
  if (options.has('--nodes')) return runOnNodes();
  if (options.has('--unit')) {
    return conclude(await runJest({ name: 'unit', folders: quick }));
  }
  await ensureTools();
  console.log('test: building dist/');
  if ((await execute('npm', ['run', '--silent', 'build'])) !== 0) {
    console.log('test: the build failed');
    return conclude({ passed: 0, failed: 1, skipped: [] });
  }
  return conclude(await runJest({ name: 'all' }));
}

async function runOnNodes() {
  const nodes = await ensureTools({ only: ['node22', 'node24', 'node26'] });
  const total = { passed: 0, failed: 0, skipped: [] };
  for (const { id, version, path, reason } of nodes) {
    if (path === undefined) {
      total.skipped.push(`everything on ${id}: ${reason}`);
      continue;
    }
    console.log(`\ntest: on Node ${version}`);
    const result = await runJest({ name: id, folders: quick, node: path });
    console.log(`test: on Node ${version}: ${result.passed} passed, ${result.failed} failed`);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped.push(...result.skipped.map((line) => `on ${id}: ${line}`));
  }
  return conclude(total);
}

/** @returns {Promise<{ passed: number, failed: number, skipped: string[] }>} */
async function runJest({ name, folders = [], node = process.execPath }) {
  const temporary = join(directory, name); // short: unix sockets live below it
  mkdirSync(temporary);
  const output = join(directory, `${name}.json`);
  const skips = join(directory, `${name}.skips`);
  const workers = jestArguments.some((arg) => /^(-w|-i|--maxWorkers|--runInBand)/.test(arg))
    ? []
    : [`--maxWorkers=${Math.max(3, availableParallelism() - 1)}`]; // many tests mostly wait;
  const args = [
    fileURLToPath(import.meta.resolve('jest/bin/jest')),
    ...jestArguments, // first, so that no option with many values takes a path
    '--passWithNoTests',
    '--json',
    `--outputFile=${output}`,
    ...workers,
    ...folders.map((folder) => `--testMatch=<rootDir>/${folder}/**/*.test.ts`),
  ];
  const code = await execute(node, args, {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules`.trim(),
    NODE_NO_WARNINGS: '1',
    TMPDIR: temporary,
    [marker[0]]: marker[1],
    BACKUP_SYNCD_SKIP_FILE: skips,
  });
  return readResult({ code, output, skips });
}

function readResult({ code, output, skips }) {
  if (!existsSync(output)) return { passed: 0, failed: 1, skipped: [] };
  const report = JSON.parse(readFileSync(output, 'utf8'));
  // A file that cannot even be loaded has no failed test.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: describeSkips(report, skips),
  };
}

/** One line per skipped test; those that only a filter (-t) left out are not meant. */
function describeSkips(report, skips) {
  if (jestArguments.some((arg) => /^(-t|--testNamePattern)/.test(arg))) return [];
  const reasons = existsSync(skips)
    ? readFileSync(skips, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => {
        const reason = reasons.find(({ title }) => fullName.includes(title))?.reason;
        return `${name.replace(`${projectDirectory}/`, '')}: ${fullName}: ${reason ?? 'skipped by hand'}`;
      }),
  );
}

function conclude({ passed, failed, skipped }) {
  for (const line of skipped) console.log(`SKIPPED ${line}`);
  if (skipped.length > 0 && noSkip) console.log('test: nothing may be skipped here: FAILED');
  const suffix = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(`${passed} passed, ${failed} failed${suffix}`);
  return failed === 0 && !(noSkip && skipped.length > 0);
}

/** Resolves to the exit code. Standard output of jest is its JSON, which is in the file: not shown. */
function execute(command, args, env = {}) {
  return new Promise((resolve) => {
    const stdout = args.includes('--json') ? 'ignore' : 'inherit';
    const child = spawn(command, args, {
      cwd: projectDirectory,
      env: { ...process.env, ...env },
      stdio: ['ignore', stdout, 'inherit'],
    });
    running.add(child);
    child.on('error', (error) => {
      console.log(`test: ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}
