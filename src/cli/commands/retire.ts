import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addRetire(backend: Command, run: Run): void {
  backend
    .command('retire')
    .description('move aside what the source no longer has; nothing is ever deleted')
    .argument('<client>')
    .argument('<backend>')
    .argument('[objects...]', 'index/ID or snapshots/ID; eight digits of an ID are enough')
    .option('--keys', 'move the keys that the source no longer has')
    .option('--all', 'move the snapshots, indexes and keys that the source no longer has')
    .option('--dry-run', 'show what would be moved, and move nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON; needs --yes or --dry-run')
    .addHelpText(
      'after',
      helpText(
        [
          ['backend retire ahost nas --all --dry-run', 'show what would be moved'],
          ['backend retire ahost nas --keys', 'after a password was changed at the source'],
          ['backend retire ahost nas snapshots/1a2b3c4d', 'one snapshot'],
        ],
        'Objects move to .backup-syncd/retired/DATE/ at the backend: snapshots first, then indexes, then keys.\nAn index stays if a snapshot that stays here, and is gone from the source, may need it.',
      ),
    )
    .action((...[client, name, objects, options]: [string, string, string[], RetireOptions]) =>
      run(async (context, globals) => {
        const { retire } = await import('../retire.ts');
        const { keys = false, all = false, dryRun: isDryRun = false } = options;
        const { yes = false, json = false } = options;
        const ask = { verb: 'retire', backend: name, keys, all, objects, isDryRun } as const;
        return retire(context, { ...globals, client, ask, yes, json });
      }),
    );
}

export function addRestoreRetired(backend: Command, run: Run): void {
  backend
    .command('restore-retired')
    .description('move back what was moved aside')
    .argument('<client>')
    .argument('<backend>')
    .argument('[date]', 'the directory to move back (default: the newest)')
    .option('--dry-run', 'show what would be moved back, and move nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON; needs --yes or --dry-run')
    .addHelpText(
      'after',
      helpText([
        ['backend restore-retired ahost nas --dry-run', 'show what would be moved back'],
        ['backend restore-retired ahost nas', 'move back what was moved last'],
      ]),
    )
    .action(
      (...[client, name, date, options]: [string, string, string | undefined, RetireOptions]) =>
        run(async (context, globals) => {
          const { retire } = await import('../retire.ts');
          const { dryRun: isDryRun = false, yes = false, json = false } = options;
          const ask = { verb: 'restore-retired', backend: name, date, isDryRun } as const;
          return retire(context, { ...globals, client, ask, yes, json });
        }),
    );
}

interface RetireOptions {
  readonly keys?: boolean;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}
