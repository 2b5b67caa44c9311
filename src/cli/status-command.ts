import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Severity } from '../report/types.ts';
import { SEVERITIES } from '../report/words.ts';
import type { GetGlobals, Run } from './run-command.ts';

export function addStatus(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('status')
    .description('how every client is in every place')
    .argument('[clients...]', 'which clients (default: all)')
    .option('--problems', 'only clients that are not well')
    .addOption(
      new Option('--state <states>', 'only clients in these states, separated by commas').argParser(
        parseStates,
      ),
    )
    .option('--json', 'the same document as /api/status')
    .addHelpText(
      'after',
      `
With the names of clients, each of them is shown in every place. States are critical, warning, unknown and ok.
Exit code, of all clients that were asked for, shown or not: 0 ok, 1 warning, 2 critical, 3 unknown. A configuration that is
refused is a warning; nothing configured is unknown.`,
    )
    .action((clients: string[], { state: states, ...options }: StatusFlags) =>
      run(async (context) => {
        const { status } = await import('./status.ts');
        return status(context, {
          ...{ ...globals(), ...options, clients },
          ...(states !== undefined && { states }),
        });
      }),
    );
}

interface StatusFlags {
  readonly json?: boolean;
  readonly problems?: boolean;
  readonly state?: readonly Severity[];
}

/** `warning,critical` */
function parseStates(text: string): Severity[] {
  return text.split(',').map((word) => {
    const state = SEVERITIES.find((severity) => severity === word.trim().toLowerCase());
    if (state !== undefined) return state;
    throw new InvalidArgumentError(`States are ${SEVERITIES.join(', ')}.`);
  });
}
