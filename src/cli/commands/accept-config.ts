import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addAcceptConfig(backend: Command, run: Run): void {
  backend
    .command('accept-config')
    .description("accept a config that 'restic migrate' changed at the source")
    .argument('<client>')
    .argument('<backend>')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpText(
        [['backend accept-config ahost nas', "after 'restic migrate' at the source"]],
        `A changed config has two possible causes. 'restic migrate' keeps the keys: every key file of the source is still at the
backend, and the new config can be accepted. 'restic init' creates a new repository with new keys: its config is refused,
because the old backups at the backend would become unreadable. The replaced config is saved as
.backup-syncd/config.SHA256.`,
      ),
    )
    .action((client: string, name: string, { yes = false }: { yes?: boolean }) =>
      run(async (context, globals) => {
        const { acceptConfig } = await import('../accept-config.ts');
        return acceptConfig(context, { ...globals, client, backend: name, yes });
      }),
    );
}
