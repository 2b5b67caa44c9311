import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addBackendMove(backend: Command, run: Run): void {
  backend
    .command('move')
    .description('use the same replica at a new path; it must be there already')
    .argument('<client>')
    .argument('<backend>')
    .argument('<path>', 'where it is now: a directory, or REMOTE:PATH of rclone')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpText(
        [['backend move ahost nas /mnt/nas2/restic/ahost', 'after mv, or a new mount point']],
        `Move the replica first, with its hidden directory .backup-syncd. The command checks that this backend's own replica is at
the new path, and writes that to the client's file; its comments stay. What is known of the replica stays known.`,
      ),
    )
    .action((...[client, name, to, options]: [string, string, string, { json?: boolean }]) =>
      run(async (context, globals) => {
        const { moveBackend } = await import('../backend-move.ts');
        return moveBackend(context, { ...globals, ...options, client, backend: name, to });
      }),
    );
}
