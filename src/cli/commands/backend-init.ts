import type { Command } from 'commander';
import type { InitBackendOptions } from '../backend-init.ts';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';

export function addBackendInit(backend: Command, run: Run): void {
  backend
    .command('init')
    .description(
      'set up a place as a backend of a client; nothing is written to a place without this',
    )
    .argument('[names...]', 'a client and one of its backends; with --all, clients (default: all)')
    .option('--all', 'every backend of these clients that is not set up yet')
    .option('--adopt', 'take over an existing replica, after comparing it with the source')
    .option('--new-disk', 'the backend was complete before, and this is a new place for it')
    .option('--same-disk', 'allow a replica on the disk of the source or of the system')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['backend init ahost nas', 'a new replica, in a place that is mounted'],
          ['backend init ahost usb --adopt', 'a replica that another tool copied'],
          ['backend init ahost usb --new-disk', 'after the old disk was replaced'],
          ['backend init --all', 'every backend of every client'],
          ['backend init --all ahost bhost', 'every backend of these'],
        ],
        `A mount point without its disk is an empty directory on the system's disk. So 'init' refuses a place without a marker when
the backend was complete before (--new-disk overrides that), and when the place is on the same file system, btrfs pool or
ZFS pool as the source or / (--same-disk overrides that).

With --all, places that are backends already are left as they are, and one that is refused does not stop the others. On a
terminal, you are asked about each place that needs --new-disk or --same-disk. With --adopt, replicas that are there are
taken over, and empty places are set up. Exit code: 0 if all are backends now, 1 if one was refused.`,
      ),
    )
    .action((names: string[], options: Flags<InitBackendOptions, 'names'>) =>
      run(async (context, globals) => {
        const { initBackend } = await import('../backend-init.ts');
        return initBackend(context, { ...globals, ...options, names });
      }),
    );
}
