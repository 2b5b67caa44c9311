import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Severity } from '../../report/types.ts';
import { SEVERITIES } from '../../report/words.ts';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addStatus(program: Command, run: Run): void {
  program
    .command('status')
    .description('show what is wrong, and the state of every client')
    .argument('[clients...]', 'which clients (default: all)')
    .option('--problems', 'only clients with problems')
    .addOption(
      new Option('--state <states>', 'only clients in these states, separated by commas').argParser(
        parseStates,
      ),
    )
    .addOption(new Option('--watch', 'refresh every few seconds, until Ctrl-C').conflicts('json'))
    .option('--json', 'print the same document as /api/status')
    .addOption(
      new Option('--plugin', "one line for Nagios or Icinga, from the daemon's HTTP API").conflicts(
        ['json', 'problems', 'state', 'watch'],
      ),
    )
    .option('--url <url>', 'with --plugin: where the daemon listens (default: as configured)')
    .addHelpText(
      'after',
      helpText(
        [
          ['status', 'what is wrong, by cause, and one line for each client'],
          ['status ahost', 'one client in every place'],
          ['status --problems --watch', 'for a screen on the wall'],
          ['status --plugin', 'as a check of Nagios or Icinga'],
        ],
        `If you name clients, status shows each of them in every place. The states are critical, warning, unknown and ok.
The exit code covers all the clients you asked for, shown or not: 0 ok, 1 warning, 2 critical, 3 unknown. A refused
configuration is a warning, and so is a client that no daemon runs. A configuration without clients is unknown.`,
      ),
    )
    .action((clients: string[], { state: states, plugin: isPlugin, ...options }: StatusFlags) =>
      run(async (context, globals) => {
        if (isPlugin === true) {
          const { plugin } = await import('../plugin.ts');
          return plugin(context, { ...globals, ...options, clients });
        }
        const { status } = await import('../status.ts');
        return status(context, {
          ...globals,
          ...options,
          clients,
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
    throw new InvalidArgumentError(`The states are ${SEVERITIES.join(', ')}.`);
  });
}
