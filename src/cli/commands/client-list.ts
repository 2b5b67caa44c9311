import { Option, type Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

const FORMATS = ['table', 'json', 'prometheus-sd'] as const;
type Format = (typeof FORMATS)[number];

export function addClientList(client: Command, run: Run): void {
  client
    .command('list')
    .description('list the clients: state, expected snapshots, backends, source')
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS).default('table'))
    .addHelpText(
      'after',
      helpText(
        [
          ['client list', 'a table'],
          ['client list --format json', 'for scripts'],
          ['client list --format prometheus-sd', 'a file for file_sd_configs of Prometheus'],
        ],
        `The list includes clients that are disabled or refused. prometheus-sd prints the addresses to scrape: the daemon's and, for
each client with its own address ('listen', for 'run CLIENT'), that one, with the label __meta_backup_syncd_client.
Exit code: 0, even if there is no client. For the state of the backups, use the exit code of 'status'.`,
      ),
    )
    .action((options: { format: Format }) =>
      run(async (context, globals) => {
        const { listClients } = await import('../client/list.ts');
        return listClients(context, { ...globals, ...options });
      }),
    );
}

export function addClientShow(client: Command, run: Run): void {
  client
    .command('show')
    .description('show the settings of a client, where each is written, and its state')
    .argument('<client>')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      helpText(
        [['client show ahost', 'places, and each setting with its file and line']],
        `Values come from the client's file, from 'defaults' in backup-syncd.yaml, or from the program ('default').
Exit code: 0, or 78 if the client's configuration has problems, which are printed.`,
      ),
    )
    .action((name: string, options: { json?: boolean }) =>
      run(async (context, globals) => {
        const { showClient } = await import('../client/show.ts');
        return showClient(context, { ...globals, ...options, client: name });
      }),
    );
}
