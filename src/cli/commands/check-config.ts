import type { Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addCheckConfig(program: Command, run: Run): void {
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
        'Run it as root or as the user of the daemon, because it also checks permissions.\nExit code: 0 if there are no errors (warnings are allowed), 78 otherwise.',
      ),
    )
    .action((options: { json?: boolean }) =>
      run(async (context, globals) => {
        const { checkConfig } = await import('../check-config.ts');
        return checkConfig(context, { ...globals, ...options });
      }),
    );
}
