import { Option, type Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

const FORMATS = ['table', 'json', 'prometheus-sd'] as const;
type Format = (typeof FORMATS)[number];

export function addClientList(client: Command, run: Run, globals: GetGlobals): void {
  client
    .command('list')
    .description('list the clients: state, expected snapshots, backends, source')
    .addOption(new Option('--format <format>', 'how').choices(FORMATS).default('table'))
    .addHelpText(
      'after',
      helpText(
        [
          ['client list', 'a table'],
          ['client list --format json', 'for scripts'],
          ['client list --format prometheus-sd', 'a file for file_sd_configs of Prometheus'],
        ],
        `It lists the clients that are disabled or refused, too. prometheus-sd lists the addresses to scrape: that of the daemon
and, for each client with an address of its own (listen, for 'run CLIENT'), that one, with __meta_backup_syncd_client.
Exit code: 0, also when there is no client. For the state of the backups, use the exit code of 'status'.`,
      ),
    )
    .action((options: { format: Format }) =>
      run(async (context) => {
        const { listClients } = await import('../client/list.ts');
        return listClients(context, { ...globals(), ...options });
      }),
    );
}

export function addClientShow(client: Command, run: Run, globals: GetGlobals): void {
  client
    .command('show')
    .description('show what applies to a client, where each value is written, and its state')
    .argument('<client>')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      helpText(
        [['client show ahost', 'places, and each setting with its file and line']],
        `Values come from the client's file, from 'defaults' in backup-syncd.yaml, or from the program ('default').
Exit code: 0, or 78 if the configuration of the client has problems, which are printed.`,
      ),
    )
    .action((name: string, options: { json?: boolean }) =>
      run(async (context) => {
        const { showClient } = await import('../client/show.ts');
        return showClient(context, { ...globals(), ...options, client: name });
      }),
    );
}
