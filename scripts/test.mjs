// npm test: brings the tools, builds, runs the tests, names the slowest files and every skipped test, and ends with the
// line "N passed, N failed". Other arguments go to jest (a path, -t NAME, --verbose, …).
//   --unit      only test/unit and test/contract: fetches and builds nothing
//   --nodes     on Node 22, 24 and 26: what calls files, processes, threads, streams and sockets directly, most of it on
//               Node 26. The soak also runs the commands on them; rules that only compute depend on no version
//   --no-skip   (or BACKUP_SYNCD_NO_SKIP=1) a skipped test fails the run
// Long and random tests are in test/soak: npm run soak.
import { runOnNodes } from './testing/nodes.mjs';
import { conclude, TESTS, TestRun } from './testing/test-run.mjs';
import { ensureTools } from './tools/ensure-tools.mjs';

const ownOptions = ['--unit', '--nodes', '--no-skip'];
const options = new Set(process.argv.slice(2).filter((arg) => ownOptions.includes(arg)));
const noSkip = options.has('--no-skip') || process.env.BACKUP_SYNCD_NO_SKIP === '1';
const run = new TestRun(process.argv.slice(2).filter((arg) => !ownOptions.includes(arg)));

process.exitCode = conclude(await main(), noSkip) ? 0 : 1;

async function main() {
  if (options.has('--nodes')) return runOnNodes(run, 'gate');
  if (options.has('--unit')) return run.runJest({ name: 'unit', tests: TESTS.quick });
  await ensureTools();
  if (!(await run.build())) return { passed: 0, failed: 1, skipped: [] };
  return run.runJest({ name: 'all', tests: TESTS.gate });
}
