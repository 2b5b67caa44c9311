import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addClientRename(client: Command, run: Run): void {
  client
    .command('rename')
    .description('give a client another name; its source and its replicas stay where they are')
    .argument('<from>')
    .argument('<to>')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [['client rename ahost bhost', 'what is known of the client stays known']],
        `The client is disabled until its state has the new name; a running daemon does that within seconds. Paths with {client} are
written out with the old name, so that nothing has to be moved. After an interruption, run the command again.
Prometheus sees a client that ends and one that begins; no alert fires.`,
      ),
    )
    .action((from: string, to: string, options: { json?: boolean; quiet?: boolean }) =>
      run(async (context, globals) => {
        const { renameClient } = await import('../client/rename.ts');
        return renameClient(context, { ...globals, ...options, from, to });
      }),
    );
}
