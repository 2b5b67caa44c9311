import { Option, type Command } from 'commander';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addDemo(program: Command, run: Run): void {
  program
    .command('demo')
    .description('see it work: a small real repository, two backends and the daemon, until Ctrl-C')
    .addOption(
      new Option(
        '--port <port>',
        'port to listen on (default: 10987, or a free port if that is taken)',
      ).argParser((text) => (/^\d+$/.test(text) ? Number(text) : NaN)),
    )
    .addHelpText(
      'after',
      helpText([
        ['demo', 'in a temporary directory, which is removed at the end'],
        ['demo --port 12345', 'on another port'],
      ]),
    )
    .action((options: { port?: number }) =>
      run(async (context) => {
        const { demo } = await import('../demo.ts');
        return demo(context, options);
      }),
    );
}
