import type { Argument, Command, Option } from 'commander';
import { SOURCE_NAME } from '../../facts/sync-report.ts';

/** The names that a configuration has. */
export interface KnownNames {
  readonly clients: readonly string[];
  /** of these clients, or of all */
  readonly backendsOf: (clients: readonly string[]) => readonly string[];
}

interface Typed {
  readonly command: Command;
  /** arguments of the command so far */
  readonly given: readonly string[];
  /** the option whose value comes next */
  readonly pending: Option | undefined;
}

/**
 * Completions of the last word of a command line: commands, options, names of clients and backends. Pure.
 *
 * @param words without the name of the program; the last one is what has been typed so far, perhaps nothing
 */
export function candidates(
  program: Command,
  words: readonly string[],
  names: KnownNames,
): string[] {
  const prefix = words.at(-1) ?? '';
  const typed = parse(program, words.slice(0, -1));
  const found = possible(typed, prefix, names);
  return [...new Set(found)].filter((word) => word.startsWith(prefix)).sort();
}

function possible({ command, given, pending }: Typed, prefix: string, names: KnownNames): string[] {
  if (pending !== undefined) return valuesOf(pending, { command, given }, names);
  if (prefix.startsWith('-'))
    return optionsOf(command).map(({ long, short }) => long ?? short ?? '');
  const isBranch = command.commands.length > 0;
  if (isBranch) return given.length === 0 ? subcommandsOf(command) : [];
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[given.length] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? [] : namesFor(argument, { command, given, pending }, names);
}

function parse(program: Command, words: readonly string[]): Typed {
  let typed: Typed = { command: program, given: [], pending: undefined };
  for (const word of words) typed = next(typed, word);
  return typed;
}

function next({ command, given, pending }: Typed, word: string): Typed {
  if (pending !== undefined) return { command, given, pending: undefined };
  if (word.startsWith('-')) {
    const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
    const takesValue = option?.required === true || option?.optional === true;
    return { command, given, pending: takesValue ? option : undefined };
  }
  const below =
    given.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
  if (below !== undefined) return { command: below, given, pending };
  return { command, given: [...given, word], pending };
}

/** The options of a command and of those above it. */
function optionsOf(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null ? own : [...own, ...optionsOf(command.parent)];
}

function subcommandsOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => each.name());
}

/** The commands whose `--backend` may be the source, too. */
const AT_SOURCE: readonly string[] = ['audit', 'restore-check'];

function valuesOf(
  option: Option,
  { command, given }: Pick<Typed, 'command' | 'given'>,
  names: KnownNames,
): string[] {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long !== '--backend') return [];
  const source = AT_SOURCE.includes(command.name()) ? [SOURCE_NAME] : [];
  return [...names.backendsOf(given), ...source];
}

/** Arguments have the same names in all commands. */
function namesFor(argument: Argument, { command, given }: Typed, names: KnownNames): string[] {
  if (argument.argChoices !== undefined) return argument.argChoices;
  switch (argument.name()) {
    case 'client':
    case 'from':
      return [...names.clients];
    case 'clients':
      return names.clients.filter((name) => !given.includes(name));
    case 'backend':
      return [...names.backendsOf(given.slice(0, 1))];
    case 'names': // a client and a backend, or clients
      return given.length === 0 ? [...names.clients] : [...names.backendsOf(given.slice(0, 1))];
    case 'command':
      return subcommandsOf(findBelow(command, given));
    default:
      return [];
  }
}

/** The command that `help` is asked about. */
function findBelow(help: Command, words: readonly string[]): Command {
  const start = help.parent ?? help;
  return words.reduce(
    (command, word) => command.commands.find((each) => each.name() === word) ?? command,
    start,
  );
}
