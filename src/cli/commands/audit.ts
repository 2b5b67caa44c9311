import type { Command } from 'commander';
import type { AuditOptions } from '../audit.ts';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';

export function addAudit(program: Command, run: Run): void {
  program
    .command('audit')
    .description('list everything at the source and at the backends, and compare')
    .argument('[clients...]', 'which clients')
    .option('--all', 'all configured clients')
    .option('--backend <name...>', 'only these places: names of backends, or `source`')
    .option('--newer-than <age>', 'check only snapshots younger than this (default: all)')
    .option(
      '--older-than <age>',
      'snapshots younger than this may still be missing (default: maxLag of the backend)',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['audit ahost', 'the source and every backend of one client'],
          ['audit ahost --backend nas', 'one backend'],
          ['audit ahost --backend source', 'only the source'],
          [
            'audit --all --newer-than 30d --older-than 4h',
            'the last 30 days, except the last 4 hours',
          ],
        ],
        `Nothing is written to the source. What is missing at a backend is sent again.
Exit code: 0 nothing is wrong, 1 there is something to check, 2 a snapshot is not complete or something is damaged.`,
      ),
    )
    .action((clients: string[], options: Flags<AuditOptions, 'clients'>) =>
      run(async (context, globals) => {
        const { audit } = await import('../audit.ts');
        return audit(context, { ...globals, ...options, clients });
      }),
    );
}
