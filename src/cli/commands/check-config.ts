import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { GetGlobals, Run } from '../run-command.ts';

export function addCheckConfig(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('check-config')
    .description('check the configuration and the places it names, and print every problem')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      helpText(
        [
          ['check-config', 'before the daemon starts or reloads its configuration'],
          ['--config-dir ./new check-config', 'a configuration in another directory'],
        ],
        'Exit code: 0 if nothing is wrong, 78 otherwise. Run it as the user of the daemon, because it also checks permissions.',
      ),
    )
    .action((options: { json?: boolean }) =>
      run(async (context) => {
        const { checkConfig } = await import('../check-config.ts');
        return checkConfig(context, { ...globals(), ...options });
      }),
    );
}
