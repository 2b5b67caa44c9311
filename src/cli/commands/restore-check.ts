import type { Command } from 'commander';
import type { RestoreCheckCommand } from '../restore-check.ts';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';

export function addRestoreCheck(program: Command, run: Run): void {
  program
    .command('restore-check')
    .description('restore some files from a place, and check them')
    .argument('[clients...]', 'which clients; each needs source.password')
    .option('--all', 'all clients with source.password')
    .option(
      '--backend <name>',
      'restore from this backend, or from `source` (default: the place whose turn it is)',
    )
    .option(
      '--snapshot <id>',
      'this snapshot; four digits of its ID are enough (default: see below)',
    )
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['restore-check ahost', 'from the place whose last check is the oldest'],
          ['restore-check ahost --backend nas', 'from one backend'],
          ['restore-check ahost --backend source', 'from the source'],
          ['restore-check ahost --snapshot 1a2b3c4d', 'a snapshot of your choice'],
          ['restore-check --all', 'one place of each client'],
        ],
        'It restores the paths of restoreCheck.require and some random files, from the newest complete snapshot and every third time\nfrom an older one. It compares them with another place, and removes them. Before it downloads, it says how much.\nExit code: 0 everything is right, 1 something is wrong, 3 there is no result, 75 another process is busy.',
      ),
    )
    .action((clients: string[], options: Flags<RestoreCheckCommand, 'clients'>) =>
      run(async (context, globals) => {
        const { restoreCheck } = await import('../restore-check.ts');
        return restoreCheck(context, { ...globals, ...options, clients });
      }),
    );
}
