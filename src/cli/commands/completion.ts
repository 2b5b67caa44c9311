import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../completion/scripts.ts';
import { EXIT } from '../exit-error.ts';
import { helpText } from '../help-text.ts';
import type { Run } from '../run-command.ts';

export function addCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .description(
      'print a script that lets a shell complete commands, options, clients and backends',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      helpText(
        [
          ['completion bash', 'for /etc/bash_completion.d/backup-syncd'],
          ['completion zsh', 'for a file _backup-syncd in a directory of $fpath'],
          ['completion fish', 'for ~/.config/fish/completions/backup-syncd.fish'],
        ],
        `For the current shell only, run: source <(backup-syncd completion bash)
Names of clients and backends come from the configuration, if the user may read it.`,
      ),
    )
    .action((shell: Shell) =>
      run(async ({ out }) => {
        const { SCRIPTS } = await import('../completion/scripts.ts');
        for (const line of SCRIPTS[shell].split('\n')) out(line);
        return EXIT.ok;
      }),
    );
}

/** The hidden command that the completion scripts call. */
export function addComplete(program: Command, run: Run): void {
  program
    .command('complete', { hidden: true })
    .description('print what the last of these words can become; completion scripts call this')
    .argument('[words...]')
    .addHelpText('after', helpText([['complete -- client sh', 'what a shell asks']]))
    .action((words: string[]) =>
      run(async (context, globals) => {
        const { candidates } = await import('../completion/candidates.ts');
        const { knownNames } = await import('../completion/names.ts');
        const at = words.indexOf('--config-dir');
        const configDir = (at < 0 ? undefined : words[at + 1]) ?? globals.configDir;
        for (const word of candidates(program, words, await knownNames(context, configDir)))
          context.out(word);
        return EXIT.ok;
      }),
    );
}
