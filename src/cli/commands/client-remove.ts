import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { ClientOptions, Flags, Run } from '../run-command.ts';

export function addClientRemove(client: Command, run: Run): void {
  client
    .command('remove')
    .description('remove a client from the configuration; no backup is touched')
    .argument('<client>')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [['client remove ahost', 'a machine that no longer exists']],
        `Moves the client's file aside, so that it can be put back. Source, replicas and state stay where they are; the output says
where, and how to delete them. No alert fires: backup_syncd_client_enabled is 0 for a day, then the series end.
To switch a client off for a while, use 'client disable'.`,
      ),
    )
    .action((name: string, options: Flags<ClientOptions, 'client'>) =>
      run(async (context, globals) => {
        const { removeClient } = await import('../client/remove.ts');
        return removeClient(context, { ...globals, ...options, client: name });
      }),
    );
}
