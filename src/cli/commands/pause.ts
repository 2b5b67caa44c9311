import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { PauseOptions, ResumeOptions } from '../pause.ts';
import type { Flags, Run } from '../run-command.ts';

type Typed<Options extends ResumeOptions> = Flags<Options, 'client' | 'backend'>;

export function addPause(program: Command, run: Run): void {
  program
    .command('pause')
    .description('leave a client, or one of its backends, alone until a given time')
    .argument('<client>')
    .argument('[backend]', 'default: the client as a whole')
    .requiredOption('--until <time>', 'a duration, such as 2h or 3d, or a date in ISO 8601')
    .requiredOption('--reason <text>', 'why, for anyone who wonders about it later')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [
          ["pause ahost nas --until 2h --reason 'new disks'", 'for two hours from now'],
          ['pause ahost --until 2030-12-24 --reason moving', 'until that day begins'],
          ["pause ahost nas --until '2030-12-04 18:00' --reason 'new disks'", 'local time'],
        ],
        `Until then, nothing is replicated, audited or restore-checked there, and what is running there is stopped. The source is still
watched and audited. Alerts about replication, an unusable backend and overdue checks are muted there. Alarms about the
source, and alerts about snapshots with too few copies, are not. When the pause ends, at that time or by 'resume', the
snapshots that were missed are sent. The time of the pause does not count as lag.

To extend or shorten a pause, pause again: the new pause replaces the old one. To stop a client indefinitely, use
'client disable'. Works with and without a running daemon, and a pause survives a restart.
Exit code: 0 it is paused until then, 1 it is, but the pause could not be saved, 75 another process is busy.`,
      ),
    )
    .action((client: string, backend: string | undefined, options: Typed<PauseOptions>) =>
      run(async (context, globals) => {
        const { pause } = await import('../pause.ts');
        return pause(context, { ...globals, ...options, client, backend });
      }),
    );
}

export function addResume(program: Command, run: Run): void {
  program
    .command('resume')
    .description('end a pause now')
    .argument('<client>')
    .argument('[backend]', 'default: the client as a whole')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      helpText(
        [
          ['resume ahost', 'ends the pause of the client'],
          ['resume ahost nas', 'ends the pause of one backend'],
        ],
        `A client and its backends are paused separately: resuming a client does not resume a backend that was paused on its own.
Exit code: 0 it is not paused (or was not before), 1 the backend is still paused with its client, or the end of the pause
could not be saved, 75 another process is busy.`,
      ),
    )
    .action((client: string, backend: string | undefined, options: Typed<ResumeOptions>) =>
      run(async (context, globals) => {
        const { resume } = await import('../pause.ts');
        return resume(context, { ...globals, ...options, client, backend });
      }),
    );
}
