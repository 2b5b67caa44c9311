import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Severity } from '../../report/types.ts';
import { SEVERITIES } from '../../report/words.ts';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

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
    .addOption(
      new Option('--watch', 'show it again every few seconds, until Ctrl-C').conflicts('json'),
    )
    .option('--json', 'the same document as /api/status')
    .addOption(
      new Option(
        '--plugin',
        'one line for Nagios or Icinga, from the HTTP API of the daemon',
      ).conflicts(['json', 'problems', 'state', 'watch']),
    )
    .option('--url <url>', 'with --plugin: where the daemon listens (default: as configured)')
    .addHelpText(
      'after',
      helpText(
        [
          ['status', 'what is wrong, by cause, and one line for each client'],
          ['status ahost', 'one client in every place'],
          ['status --problems --watch', 'on a screen on the wall'],
          ['status --plugin', 'as a check of Nagios or Icinga'],
        ],
        `With the names of clients, each of them is shown in every place. States are critical, warning, unknown and ok.
Exit code, of all clients that were asked for, shown or not: 0 ok, 1 warning, 2 critical, 3 unknown. A configuration that is
refused is a warning; nothing configured is unknown.`,
      ),
    )
    .action((clients: string[], { state: states, plugin: isPlugin, ...options }: StatusFlags) =>
      run(async (context) => {
        if (isPlugin === true) {
          const { plugin } = await import('../plugin.ts');
          return plugin(context, { ...globals(), ...options, clients });
        }
        const { status } = await import('../status.ts');
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
  readonly watch?: boolean;
  readonly state?: readonly Severity[];
  readonly plugin?: boolean;
  readonly url?: string;
}

/** `warning,critical` */
function parseStates(text: string): Severity[] {
  return text.split(',').map((word) => {
    const state = SEVERITIES.find((severity) => severity === word.trim().toLowerCase());
    if (state !== undefined) return state;
    throw new InvalidArgumentError(`States are ${SEVERITIES.join(', ')}.`);
  });
}
