import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';
import type { SnapshotsOptions } from '../snapshots.ts';

export function addSnapshots(program: Command, run: Run): void {
  program
    .command('snapshots')
    .description('show which snapshot is in which place')
    .argument('<client>')
    .option('--json', 'print as JSON')
    .option('--limit <count>', 'show only this many, the newest ones', Number)
    .addHelpText(
      'after',
      helpText([
        ['snapshots ahost', 'where each snapshot is complete, and its host and paths if known'],
        ['snapshots ahost --limit 5', 'the five newest'],
      ]),
    )
    .action((client: string, options: Flags<SnapshotsOptions, 'client'>) =>
      run(async (context, globals) => {
        const { snapshots } = await import('../snapshots.ts');
        return snapshots(context, { ...globals, ...options, client });
      }),
    );
}
