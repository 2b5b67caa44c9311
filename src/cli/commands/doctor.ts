import type { Command } from 'commander';
import type { DoctorOptions } from '../doctor.ts';
import { helpText } from '../help-text.ts';
import type { Flags, Run } from '../run-command.ts';

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('find what is wrong with this set-up, and say how to fix it')
    .argument('[clients...]', 'which clients (default: all)')
    .option(
      '--as <user>',
      "for root: the daemon's user (default: the owner of the state directory)",
    )
    .option(
      '--prometheus <url>',
      'also check that this Prometheus scrapes the daemon and has the rules',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['doctor', 'after a set-up, and when something does not work'],
          ['doctor ahost', 'one client'],
          ['doctor --prometheus http://127.0.0.1:9090', 'also whether alerts reach someone'],
          ['doctor --as backup', 'before the daemon has run for the first time'],
        ],
        `It changes nothing and needs no daemon. Run it as root, or as the daemon's user.
Exit code: 0 if nothing is wrong, 1 for warnings, 2 for errors, 3 if something could not be found out.`,
      ),
    )
    .action((clients: string[], options: Flags<DoctorOptions, 'clients'>) =>
      run(async (context, globals) => {
        const { doctor } = await import('../doctor.ts');
        return doctor(context, { ...globals, ...options, clients });
      }),
    );
}
