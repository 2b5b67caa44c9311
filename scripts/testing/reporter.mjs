// What jest prints while the tests run: each failed file with its failures and console output, and now and then how far
// the run is. A file that passes prints nothing. At the end the result goes into the file BACKUP_SYNCD_RESULT_FILE, for
// report.mjs.
import { writeFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';

const progressEveryMs = 30_000;

export default class QuietReporter {
  running = new Map();
  finished = 0;
  total = 0;

  onRunStart({ numTotalTestSuites }) {
    this.total = numTotalTestSuites;
    this.timer = setInterval(() => this.printProgress(), progressEveryMs);
    this.timer.unref();
  }

  onTestFileStart({ path, context }) {
    this.running.set(path, { name: nameOf(path, context), startedAt: Date.now() });
  }

  onTestFileResult({ path, context }, { failureMessage, console: entries }) {
    this.running.delete(path);
    this.finished += 1;
    if (!failureMessage) return;
    print(`FAIL ${nameOf(path, context)}`);
    for (const { message } of entries ?? []) print(message);
    print(failureMessage);
  }

  onRunComplete(contexts, results) {
    clearInterval(this.timer);
    const [context] = contexts;
    const result = {
      passed: results.numPassedTests,
      // A file that cannot even be loaded has no failed test.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      files: results.testResults.map(({ testFilePath, perfStats, testResults }) => ({
        name: nameOf(testFilePath, context),
        seconds: (perfStats.end - perfStats.start) / 1000,
        skipped: testResults.filter(isSkipped).map(({ fullName }) => fullName),
      })),
    };
    writeFileSync(process.env.BACKUP_SYNCD_RESULT_FILE, JSON.stringify(result));
  }

  printProgress() {
    const running = [...this.running.values()].map(
      ({ name, startedAt }) => `${name} ${Math.round((Date.now() - startedAt) / 1000)} s`,
    );
    const now = running.length > 0 ? `; now ${running.join(', ')}` : '';
    print(`test: ${this.finished} of ${this.total} files${now}`);
  }
}

function nameOf(path, { config }) {
  return path.replace(`${config.rootDir}/`, '');
}

function isSkipped({ status }) {
  return status === 'pending';
}

/** To standard error, as jest's own reporters do. */
function print(text) {
  process.stderr.write(`${text}\n`);
}
