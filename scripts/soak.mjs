// npm run soak: the long and random tests of test/soak, those tests of the gate that run with each generation of a tool, with
// all generations, and on Node 22, 24 and 26 all that depends on the platform. Brings the tools, builds, prints the seed, runs the
// tests, prints what they counted, and ends with the line "N passed, N failed". Other arguments go to jest (a path, -t NAME, …).
//   --seed N    (or BACKUP_SYNCD_SEED=N) the seed of every random choice; by default a random one
//   --write     also writes the summary to docs/soak.md
//   --no-skip   (or BACKUP_SYNCD_NO_SKIP=1) a skipped test fails the run
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readLines } from './testing/report.mjs';
import { runOnNodes } from './testing/nodes.mjs';
import { describeCounts, describeSoak } from './testing/soak-summary.mjs';
import { conclude, TESTS, TestRun } from './testing/test-run.mjs';
import { ensureTools } from './tools/ensure-tools.mjs';
import { projectDirectory } from './tools/paths.mjs';
import { run as runProgram } from './tools/run.mjs';

const { values, tokens } = parseArgs({
  strict: false,
  tokens: true,
  options: {
    seed: { type: 'string', default: process.env.BACKUP_SYNCD_SEED },
    write: { type: 'boolean', default: false },
    'no-skip': { type: 'boolean', default: process.env.BACKUP_SYNCD_NO_SKIP === '1' },
  },
});
const seed = values.seed ?? String(randomInt(2 ** 31));
if (!/^\d{1,10}$/.test(seed)) {
  console.error(`--seed ${seed}: a seed is a whole number, 0 to 9999999999`);
  process.exit(64);
}
process.exitCode = await main();

async function main() {
  const startedAt = new Date();
  const run = new TestRun(jestArguments());
  await ensureTools({ forSoak: true });
  if (!(await run.build())) return conclude({ passed: 0, failed: 1, skipped: [] }, false) ? 0 : 1;
  console.log(`soak: seed ${seed}`);
  const counts = join(run.directory, 'counts');
  const env = {
    BACKUP_SYNCD_SEED: seed,
    BACKUP_SYNCD_SOAK_FILE: counts,
    BACKUP_SYNCD_GENERATIONS: 'all',
  };
  const soaked = await run.runJest({ name: 'soak', tests: TESTS.soak, env });
  const result = addResults(soaked, await runOnNodes(run, 'soak'));
  const lines = readLines(counts);
  const summary = { startedAt, endedAt: new Date(), seed, result, counts: lines };
  console.log(describeCounts(lines).join('\n'));
  if (values.write) {
    const commit = await describeCommit();
    writeFileSync(join(projectDirectory, 'docs', 'soak.md'), describeSoak({ ...summary, commit }));
    console.log('soak: the summary is in docs/soak.md');
  }
  console.log(`soak: seed ${seed}`);
  return conclude(result, values['no-skip']) ? 0 : 1;
}

function addResults(a, b) {
  return {
    ...a,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...a.skipped, ...b.skipped],
  };
}

/** All arguments but those of this script. */
function jestArguments() {
  const own = tokens.filter(
    ({ kind, name }) => kind === 'option' && ['seed', 'write', 'no-skip'].includes(name),
  );
  const taken = new Set(
    own.flatMap(({ index, name, inlineValue }) =>
      name === 'seed' && inlineValue === false ? [index, index + 1] : [index],
    ),
  );
  return process.argv.slice(2).filter((_, index) => !taken.has(index));
}

async function describeCommit() {
  try {
    const git = (...args) => runProgram('git', args, { cwd: projectDirectory });
    const commit = (await git('rev-parse', '--short=12', 'HEAD')).trim();
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}, with uncommitted changes`;
  } catch {
    return 'unknown';
  }
}
