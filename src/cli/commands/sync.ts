import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';
import type { SyncOptions } from '../sync.ts';

export function addSync(program: Command, run: Run): void {
  program
    .command('sync')
    .description('run one pass now, in the daemon if one is running')
    .argument('[clients...]', 'which clients')
    .option('--all', 'all configured clients')
    .option('--backend <name...>', 'only these backends')
    .option('--json', 'print the reports as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['sync ahost', 'all backends of one client'],
          ['sync ahost --backend nas', 'one backend'],
          ['sync --all', 'all clients, for example from cron'],
        ],
        'Exit code: 0 all complete, 1 something failed or was skipped, 75 another process is busy.',
      ),
    )
    .action((clients: string[], options: Flags<SyncOptions, 'clients'>) =>
      run(async (context, globals) => {
        const { sync } = await import('../sync.ts');
        return sync(context, { ...globals, ...options, clients });
      }),
    );
}
