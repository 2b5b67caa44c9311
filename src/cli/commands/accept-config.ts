import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

export function addAcceptConfig(backend: Command, run: Run, globals: GetGlobals): void {
  backend
    .command('accept-config')
    .description("accept that the source's config has changed, as 'restic migrate' does")
    .argument('<client>')
    .argument('<backend>')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpText(
        [['backend accept-config ahost nas', "after 'restic migrate' at the source"]],
        `A changed config has two causes. 'restic migrate' keeps the keys: then every key file of the source is also at the backend,
and the new config can be accepted. 'restic init' makes a new repository with new keys: that is refused, as the old backups
there would become unreadable. The config that is replaced is kept as .backup-syncd/config.SHA256.`,
      ),
    )
    .action((client: string, name: string, { yes = false }: { yes?: boolean }) =>
      run(async (context) => {
        const { acceptConfig } = await import('../accept-config.ts');
        return acceptConfig(context, { ...globals(), client, backend: name, yes });
      }),
    );
}
