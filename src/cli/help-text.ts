/** A command line without the name of the program, and what it does. */
export type Example = readonly [commandLine: string, does: string];

/**
 * The text that `--help` prints below the options of a command.
 *
 * @param about what a user has to know, in lines; empty when the options explain everything
 */
export function helpText(examples: readonly Example[], about = ''): string {
  const lines = examples.map(([commandLine]) => `backup-syncd ${commandLine}`);
  const width = Math.max(...lines.map((line) => line.length));
  const shown = lines.map((line, i) => `  ${line.padEnd(width)}   # ${examples[i]?.[1] ?? ''}`);
  return [...(about === '' ? [] : ['', about]), '', 'Examples:', ...shown].join('\n');
}
