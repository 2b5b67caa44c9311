import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

export function addBackendInit(backend: Command, run: Run, globals: GetGlobals): void {
  backend
    .command('init')
    .description(
      'set up a directory as a backend of a client; nothing is written to a place without this',
    )
    .argument('<client>')
    .argument('<backend>')
    .option('--adopt', 'take over an existing replica, after comparing it with the source')
    .option('--new-disk', 'the backend was complete before, and this is a new place for it')
    .option('--same-disk', 'allow a replica on the disk of the source or of the system')
    .addHelpText(
      'after',
      helpText(
        [
          ['backend init ahost nas', 'a new replica, in a place that is mounted'],
          ['backend init ahost usb --adopt', 'a replica that another tool copied'],
          ['backend init ahost usb --new-disk', 'after the old disk was replaced'],
        ],
        `A mount point without its disk is an empty directory on the system's disk. So 'init' refuses a place without a marker when
the backend was complete before (--new-disk overrides that), and when the place is on the same file system, btrfs pool or
ZFS pool as the source or / (--same-disk overrides that).`,
      ),
    )
    .action((client: string, name: string, options: InitOptions) =>
      run(async (context) => {
        const { initBackend } = await import('../backend-init.ts');
        return initBackend(context, { ...globals(), ...options, client, backend: name });
      }),
    );
}

interface InitOptions {
  readonly adopt?: boolean;
  readonly newDisk?: boolean;
  readonly sameDisk?: boolean;
}
