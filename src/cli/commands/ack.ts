import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addAck(program: Command, run: Run): void {
  program
    .command('ack')
    .description('accept what has vanished from a source, and end its alarms')
    .argument('<client>')
    .requiredOption('--reason <text>', 'why you accept it, for anyone who reads this later')
    .option('--for <duration>', 'announce that snapshots will be removed within this time')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ["ack ahost --reason 'pruned by hand, restic check passed'", 'the source counts again'],
          [
            "ack ahost --for 2h --reason 'a shorter retention policy'",
            'before a large restic forget',
          ],
        ],
        `Packs vanish when restic prunes them, and when they are lost. Without the password, backup-syncd cannot always tell which.
Run 'restic check' on the source first. If it passes, acknowledge: the source counts as a copy again, backends reach their
baseline, and new snapshots are sent everywhere. If it fails, put back what is missing, for example from a backend; the
source then recovers without an acknowledgement. Whatever vanishes later is reported again.
An emptied source has lost all its snapshots: acknowledge that only if someone removed them on purpose.

An alarm says that snapshots or files left the source, or were changed there, in a way that no retention policy explains, as
after an attack. Find out who did that. 'restic forget' with a policy that keeps much less can look the same: announce it
with --for.

Works with and without a running daemon. 'status' shows the reason with your name and the time.
Exit code: 0 the source is ok (also when there was nothing to acknowledge), 1 it is not, 75 another process is busy.`,
      ),
    )
    .action((client: string, options: { reason: string; for?: string; json?: boolean }) =>
      run(async (context, globals) => {
        const { ack } = await import('../ack.ts');
        return ack(context, { ...globals, ...options, client });
      }),
    );
}
