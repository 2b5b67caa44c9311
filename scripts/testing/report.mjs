// Reads what the reporter and the tests left behind: the counts, the skipped tests and the slowest files.
import { existsSync, readFileSync } from 'node:fs';

/**
 * The result of one run of jest.
 *
 * @param {{ code: number, file: string, skips: string, isFiltered: boolean }} run exit code, the file that reporter.mjs
 *   wrote, the file of reasons that `describeWithTools` wrote, and whether -t chose the tests
 * @returns {{ passed: number, failed: number, skipped: string[], files: { name: string, seconds: number }[] }}
 */
export function readResult({ code, file, skips, isFiltered }) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [], files: [] };
  const { passed, failed, files } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    // A filter leaves tests out: those are not skipped.
    skipped: isFiltered ? [] : describeSkips(files, readLines(skips)),
    files,
  };
}

/** Lines of JSON that tests appended to a file; none when no test did. */
export function readLines(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The slowest files as lines, slowest first; those under half a second are left out. */
export function describeSlowest(files, count = 25) {
  return files
    .filter(({ seconds }) => seconds >= 0.5)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${name}`);
}

function describeSkips(files, reasons) {
  return files.flatMap(({ name, skipped }) =>
    skipped.map((test) => {
      const reason = reasons.find(({ title }) => test.includes(title))?.reason;
      return `${name}: ${test}: ${reason ?? 'skipped by hand'}`;
    }),
  );
}
