// The tests that depend on the platform, on other versions of Node than the one that runs this.
import { ensureTools } from '../tools/ensure-tools.mjs';
import { TESTS } from './test-run.mjs';

/** The gate runs some of them on each version, most of these on the newest one. The soak runs them all on each. */
const RUNS = {
  gate: { node22: TESTS.smoke, node24: TESTS.smoke, node26: TESTS.direct },
  soak: { node22: TESTS.platform, node24: TESTS.platform, node26: TESTS.platform },
};

/**
 * @param {import('./test-run.mjs').TestRun} run
 * @param {'gate' | 'soak'} which
 * @returns what readResult answers, without the files
 */
export async function runOnNodes(run, which) {
  const nodes = await ensureTools({ only: Object.keys(RUNS[which]) });
  const total = { passed: 0, failed: 0, skipped: [] };
  for (const { id, version, path, reason } of nodes) {
    if (path === undefined) {
      total.skipped.push(`everything on ${id}: ${reason}`);
      continue;
    }
    console.log(`\ntest: on Node ${version}`);
    const tests = RUNS[which][id];
    const result = await run.runJest({ name: id, tests, node: path, ignore: '[.]property[.]test' });
    console.log(`test: on Node ${version}: ${result.passed} passed, ${result.failed} failed`);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped.push(...result.skipped.map((line) => `on ${id}: ${line}`));
  }
  return total;
}
