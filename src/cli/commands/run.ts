import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addRun(program: Command, run: Run): void {
  program
    .command('run')
    .description('run the daemon: all clients, or one client with its own exporter')
    .argument('[client]', 'run only this client, on the address in its own `listen`')
    .option('--all', 'run all clients in one process (the default)')
    .addHelpText(
      'after',
      helpText(
        [
          ['run', 'all clients; page and metrics at http://127.0.0.1:10987/'],
          ['run ahost', 'one client, as a service of its own'],
        ],
        'SIGTERM and SIGINT stop the daemon; a second one stops it at once. SIGHUP reloads the configuration.\nIn a systemd unit with Type=notify, the daemon says when it is ready, and feeds the watchdog.',
      ),
    )
    .action((client: string | undefined, options: { all?: boolean }) =>
      run(async (context, globals) => {
        const { runDaemon } = await import('../run.ts');
        return runDaemon(context, { ...globals, client, all: options.all ?? false });
      }),
    );
}
