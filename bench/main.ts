/** npm run bench: measures the built program against its targets. USAGE below has the rest. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from './cases/audit.ts';
import { packs, smallFiles } from './cases/copy.ts';
import { fleet } from './cases/fleet.ts';
import { idlePoll } from './cases/idle-poll.ts';
import { increment } from './cases/increment.ts';
import { latency } from './cases/latency.ts';
import { largeMemory, manyClients } from './cases/memory.ts';
import { restoreCheck } from './cases/restore-check.ts';
import { s3FirstCopy, s3Increment } from './cases/s3.ts';
import type { Case } from './support/bench.ts';
import { timeProgram } from './support/measure.ts';
import { describeMachine, table, writeResults, type CaseResult } from './support/report.ts';
import { removeTree } from './support/repository.ts';
import { bringTools, findRclone, projectDirectory } from './support/tools.ts';

const BUILT = join(projectDirectory, 'dist', 'main.js');
/** Even short forms of them take half a minute. */
const NEVER_SHORT: readonly Case[] = [s3Increment, s3FirstCopy];
const CASES = [
  ...[increment, audit, restoreCheck, idlePoll, latency, packs, smallFiles],
  ...[s3Increment, s3FirstCopy, largeMemory, manyClients, fleet],
];

const USAGE = `npm run bench -- [options] [CASE...]

Measures the built program against its targets, and prints which are met and which are missed. A missed target is no
failure: the numbers are for people to read. The first run builds dist/ and brings rclone and MinIO into .tools/; after a
change, run \`npm run build\` before.

  --short         smaller sizes, for CI; leaves out ${NEVER_SHORT.map(({ name }) => name).join(' and ')}, writes no results
  --dir DIR       where the measured files lie (default: the temporary directory of the system)
  --program FILE  the program to measure (default: dist/main.js)
  --help          this text

Cases (default: all): ${CASES.map(({ name }) => name).join(', ')}

Without --short the results go to bench/results/, in place of those measured earlier on the same day.
Exit status: 0 measured, 1 a case could not be measured, 64 wrong arguments, 69 no program or no tool.`;

const { options, positionals } = readArguments();
process.exitCode = await main();

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        dir: { type: 'string', default: tmpdir() },
        program: { type: 'string', default: BUILT },
      },
    });
    return { options: values, positionals };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(64);
  }
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !CASES.some((each) => each.name === name));
  if (unknown !== undefined) {
    console.error(`no case ${unknown}; there are: ${CASES.map(({ name }) => name).join(', ')}`);
    return 64;
  }
  if (options.program === BUILT && !existsSync(BUILT)) {
    console.log('building dist/');
    await timeProgram('npm', ['run', '--silent', 'build']);
  }
  if (!existsSync(options.program)) {
    console.error(`there is no program ${options.program}`);
    return 69;
  }
  const problem = await bringTools();
  if (problem !== undefined) {
    console.error(problem);
    return 69;
  }
  const usual = options.short ? CASES.filter((each) => !NEVER_SHORT.includes(each)) : CASES;
  const named = CASES.filter(({ name }) => positionals.includes(name));
  const chosen = named.length > 0 ? named : usual;
  console.log(
    Object.entries(describeMachine())
      .map((pair) => pair.join(' '))
      .join(' · '),
  );
  const directory = join(projectDirectory, 'bench', 'results');
  const results: CaseResult[] = [];
  for (const each of chosen) {
    results.push(await measure(each));
    if (!options.short) writeResults(results, directory);
  }
  console.log(`\n${table(results)}`);
  return results.some(({ error }) => error !== undefined) ? 1 : 0;
}

async function measure({ name, run }: Case): Promise<CaseResult> {
  const directory = temporaryDirectory();
  const onSignal = (signal: NodeJS.Signals) => {
    console.error(`${name}: ${signal}`);
    removeTree(directory);
    process.exit(130);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const startedAt = performance.now();
  const say = (line: string) => console.log(`  ${name}: ${line}`);
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  try {
    const rows = await run({
      directory,
      say,
      isShort: options.short,
      program: resolve(options.program),
      rclone: findRclone().path,
    });
    say(`took ${seconds()} s`);
    return { name, rows, seconds: seconds() };
  } catch (error) {
    const text = String(error).replaceAll(directory, 'DIRECTORY');
    say(text);
    return { name, rows: [], seconds: seconds(), error: text };
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    removeTree(directory);
  }
}

/** Short, because sockets live below it. */
function temporaryDirectory(): string {
  mkdirSync(options.dir, { recursive: true });
  return realpathSync(mkdtempSync(join(options.dir, 'bench-')));
}
