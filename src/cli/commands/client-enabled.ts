import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addClientDisable(client: Command, run: Run): void {
  client
    .command('disable')
    .description('do nothing for a client until it is enabled again; no alert fires')
    .argument('<client>')
    .requiredOption('--reason <text>', 'why, for anyone who wonders about it later')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [["client disable ahost --reason 'in storage until spring'", 'for weeks, or for a year']],
        `Writes 'enabled: false', with the reason, the time and your name, to the client's file, and keeps its comments. You can also
write it by hand. Nothing is deleted: source, replicas and state stay as they are. 'status' and the page show the client
in grey, and the metric backup_syncd_client_enabled is 0. With a runit tree (docs/runit.md), the client's link is removed,
and all its services stop.`,
      ),
    )
    .action((name: string, options: { reason: string; json?: boolean; quiet?: boolean }) =>
      run(async (context, globals) => {
        const { disableClient } = await import('../client/enabled.ts');
        return disableClient(context, { ...globals, ...options, client: name });
      }),
    );
}

export function addClientEnable(client: Command, run: Run): void {
  client
    .command('enable')
    .description('check and replicate a disabled client again')
    .argument('<client>')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [['client enable ahost', 'a client that was disabled']],
        `Removes 'enabled' and 'disabled' from the client's file, and keeps its comments. If its configuration has problems, they are
listed, and nothing is changed. A snapshot that was due in the meantime is overdue at once, and an alert fires after 15 minutes.
With a runit tree (docs/runit.md), the client's services are created if necessary, and started.`,
      ),
    )
    .action((name: string, options: { json?: boolean; quiet?: boolean }) =>
      run(async (context, globals) => {
        const { enableClient } = await import('../client/enabled.ts');
        return enableClient(context, { ...globals, ...options, client: name });
      }),
    );
}
