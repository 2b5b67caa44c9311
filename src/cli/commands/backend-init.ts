import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

export function addBackendInit(backend: Command, run: Run, globals: GetGlobals): void {
  backend
    .command('init')
    .description('make a directory a backend of a client; only then is anything written there')
    .argument('<client>')
    .argument('<backend>')
    .option('--adopt', 'take over an existing replica, after comparing all of it with the source')
    .option('--new-disk', 'the backend was complete before, and its place is a new one')
    .option('--same-disk', 'the replica may lie on the disk of the source or of the system')
    .addHelpText(
      'after',
      helpText(
        [
          ['backend init ahost nas', 'a new replica, in a place that is mounted'],
          ['backend init ahost usb --adopt', 'a replica that was copied by other means'],
          ['backend init ahost usb --new-disk', 'after the old disk was replaced'],
        ],
        `Without its disk, a mount point is an empty directory of the system's disk. So a place without a marker is refused when the
backend was complete before (--new-disk overrides that), and when it is on the file system, or the btrfs or ZFS pool, of the
source or of / (--same-disk overrides that).`,
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
