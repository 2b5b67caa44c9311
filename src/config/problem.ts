import type { ConfigProblem, LoadResult } from './types.ts';

/** `file:line:column: key: message`, one line; parts that are not known are left out. */
export function formatProblem(problem: ConfigProblem): string {
  const { file, line, column, key, message } = problem;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const severity = problem.severity === 'warning' ? 'warning' : '';
  return printable([place, severity, key, message].filter((part) => part !== '').join(': '));
}

/** A key in a file can contain a line break or control characters. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    const digits = character.charCodeAt(0).toString(16).padStart(2, '0');
    return character === '\n' ? '\\n' : `\\x${digits}`;
  });
}

/** Every problem of a load once, in the order of files and lines. */
export function listProblems(loaded: LoadResult): ConfigProblem[] {
  const all = [
    ...loaded.problems,
    ...(loaded.warnings ?? []),
    ...[...loaded.clientProblems.values()].flat(),
  ];
  const byText = new Map(all.map((problem) => [formatProblem(problem), problem]));
  return sortProblems([...byText.values()]);
}

export function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column,
  );
}

/**
 * Problems at one position that differ only in what they quote, such as the directory of each client: the first one, and how many
 * more there are. For people: twenty clients whose disk is not mounted are one line.
 */
export function foldAlike(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const alike = new Map<string, { first: ConfigProblem; count: number }>();
  for (const problem of problems) {
    const { file, line, column, key, severity, message } = problem;
    const text = message.replaceAll(/"[^"]*"/g, '""');
    const id = JSON.stringify([file, line, column, key, severity, text]);
    const { first, count } = alike.get(id) ?? { first: problem, count: 0 };
    alike.set(id, { first, count: count + 1 });
  }
  return [...alike.values()].map(({ first, count }) =>
    count === 1
      ? first
      : { ...first, message: `${first.message} (and ${count - 1} more like this)` },
  );
}

export function isError(problem: ConfigProblem): boolean {
  return problem.severity !== 'warning';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
