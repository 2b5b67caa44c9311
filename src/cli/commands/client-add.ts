import type { Command } from 'commander';
import type { AddOptions } from '../client/add.ts';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';

export function addClientAdd(client: Command, run: Run): void {
  client
    .command('add')
    .description('add a client: write its file, and set up its backends')
    .argument('<client>')
    .option('--source <place>', 'a directory, or REMOTE:PATH of rclone (default: from `defaults`)')
    .option('--every <duration>', 'how often a snapshot is expected (default: from `defaults`)')
    .option('--listen <address>', 'HOST:PORT for its own daemon; needed with runit')
    .option('--adopt', 'take over replicas that are there already')
    .option('--new-disk', 'its backends were complete before, and these are new places for them')
    .option('--same-disk', 'allow replicas on the disk of the source or of the system')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but what was refused')
    .addHelpText(
      'after',
      helpText(
        [
          ['client add ahost', 'all settings come from defaults in backup-syncd.yaml'],
          ['client add ahost --source /srv/ahost --every 7d', 'a weekly client'],
          ['client add ahost --dry-run', 'show what would be done'],
        ],
        `The client is checked before anything is written. Then each backend under 'defaults' is set up, as 'backend init --all' does it:
on a terminal, you are asked about a place whose disk may be the wrong one; without a terminal, such a place is refused, and
the others are set up. With runit, the client's services are created and started, too.
You can repeat the command. If the client exists with other settings, nothing is changed.
Exit code: 0 it is done, 1 a place was refused or the name is taken, 78 the settings have problems.`,
      ),
    )
    .action((name: string, options: Flags<AddOptions, 'client'>) =>
      run(async (context, globals) => {
        const { addClient } = await import('../client/add.ts');
        return addClient(context, { ...globals, ...options, client: name });
      }),
    );
}
