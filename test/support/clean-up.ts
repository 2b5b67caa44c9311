import { afterAll, afterEach, beforeEach } from '@jest/globals';

type CleanUp = () => unknown;

const perTest: CleanUp[] = [];
const perFile: CleanUp[] = [];
let isInTest = false;

// At the top level of every test file that imports this, and so outside its own hooks.
beforeEach(() => {
  isInTest = true;
});
afterEach(async () => {
  isInTest = false;
  await runAll(perTest);
});
afterAll(() => runAll(perFile));

/**
 * Has `action` run when this test is over, or the test file when called outside of tests and `beforeEach`; last come,
 * first served. All run even when one fails; the first failure is then thrown.
 */
export function onCleanUp(action: CleanUp): void {
  (isInTest ? perTest : perFile).push(action);
}

async function runAll(actions: CleanUp[]): Promise<void> {
  const failures: unknown[] = [];
  for (let action = actions.pop(); action !== undefined; action = actions.pop()) {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
