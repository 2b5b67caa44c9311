import type { Command } from 'commander';
import { findSimilar } from '../config/suggest.ts';

/** `help [COMMAND]`, which suggests the right command like other commands do. */
export function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('show what a command does, and its options')
    .argument('[command...]')
    .action((words: readonly string[]) => {
      words.reduce(findCommand, program).help();
    });
}

function findCommand(parent: Command, word: string): Command {
  const found = parent.commands.find((command) => command.name() === word);
  if (found !== undefined) return found;
  const similar = findSimilar(
    word,
    parent.commands.map((command) => command.name()),
  );
  const suggestion = similar === undefined ? '' : `\n(Did you mean ${similar}?)`;
  return parent.error(`error: unknown command '${word}'${suggestion}`);
}
