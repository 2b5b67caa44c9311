// Man pages, made of what commander knows of the commands: backup-syncd(1), and a page for each command.
import type { Command } from 'commander';
import { EXIT } from '../../src/cli/exit-error.ts';
import { createProgram } from '../../src/cli/program.ts';
import { packageVersion } from '../../src/runtime/package-files.ts';
import { quoted, roff, roffLines } from './roff.ts';
import { sourceDate } from './source-date.ts';

/**
 * The text of each page, by the name of its file.
 *
 * @param documents where the documentation is
 */
export function renderManPages(documents: string): ReadonlyMap<string, string> {
  const program = createProgram(() => Promise.resolve(), { err: () => undefined });
  const commands = leavesOf(program);
  const pages = [program, ...commands].map((command) => {
    const sections = [
      ...[header(command), names(command), synopsis(command), ...description(command)],
      ...[...list('ARGUMENTS', argumentsOf(command)), ...list('OPTIONS', optionsOf(command))],
      ...(command === program ? ofProgram(commands, documents) : ofCommand(command, program)),
    ];
    return [`${pageName(command)}.1`, `${sections.join('\n')}\n`] as const;
  });
  return new Map(pages);
}

/** The commands that do something, without `help` and hidden ones. */
function leavesOf(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** `backup-syncd client add` */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

function pageName(command: Command): string {
  return pathOf(command).replaceAll(' ', '-');
}

function header(command: Command): string {
  const day = new Date(sourceDate() * 1000).toISOString().slice(0, 10);
  const title = quoted(pageName(command).toUpperCase());
  const version = quoted(`backup-syncd ${packageVersion()}`);
  return `.TH ${title} 1 ${day} ${version} "User Commands"`;
}

function names(command: Command): string {
  const what = command.parent === null ? 'replicate restic repositories' : command.description();
  return `.SH NAME\n${roff(pageName(command))} \\- ${roff(what)}`;
}

function synopsis(command: Command): string {
  return `.SH SYNOPSIS\n.B ${quoted(pathOf(command))}\n${roffLines(command.usage())}`;
}

function description(command: Command): string[] {
  const { about } = afterHelp(command);
  const paragraphs = [
    ...(command.parent === null ? [command.description()] : []),
    ...about.split('\n\n').filter((paragraph) => paragraph.trim() !== ''),
  ];
  if (paragraphs.length === 0) return [];
  return ['.SH DESCRIPTION', paragraphs.map(paragraph).join('\n.PP\n')];
}

/** Indented lines are examples, which keep their form. */
function paragraph(text: string): string {
  return /^\s/m.test(text.trimStart()) ? `.nf\n${roffLines(text)}\n.fi` : roffLines(text);
}

/** The text below the options, and its examples, as `helpText` composes them. */
function afterHelp(command: Command): {
  readonly about: string;
  readonly examples: readonly Item[];
} {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
  const after = text.slice(command.helpInformation().length);
  const [about = '', examples = ''] = after.split(/^Examples:\n/m);
  return {
    about: about.trim(),
    examples: examples
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.trim().split(/ +# /))
      .map(([term = '', ...does]) => [term, does.join(' # ')] as const),
  };
}

type Item = readonly [term: string, text: string];

function argumentsOf(command: Command): Item[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)] as const);
}

function optionsOf(command: Command): Item[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .map((option) => [help.optionTerm(option), help.optionDescription(option)] as const);
}

/** A section with one entry for each item; none without items. */
function list(title: string, items: readonly Item[]): string[] {
  if (items.length === 0) return [];
  const entries = items.map(([term, text]) => `.TP\n.B ${quoted(term)}\n${roffLines(text)}`);
  return [`.SH ${quoted(title)}`, ...entries];
}

function ofCommand(command: Command, program: Command): string[] {
  return [
    ...list('EXAMPLES', afterHelp(command).examples),
    '.SH "SEE ALSO"',
    `.BR ${roff(program.name())} (1)`,
    'for the options of all commands, files and exit codes.',
  ];
}

function ofProgram(commands: readonly Command[], documents: string): string[] {
  return [
    ...list(
      'COMMANDS',
      commands.map((command) => [`${pathOf(command)} ${command.usage()}`, command.description()]),
    ),
    ...list('EXIT STATUS', EXIT_CODES),
    ...list('FILES', FILES),
    '.SH "SEE ALSO"',
    commands
      .map(
        (command, i) => `.BR ${roff(pageName(command))} (1)${i + 1 < commands.length ? ',' : ''}`,
      )
      .join('\n'),
    ...['.PP', roffLines(`The documentation is in ${documents}.`)],
  ];
}

const EXIT_CODES: readonly Item[] = [
  [`${EXIT.ok}`, 'success'],
  [`${EXIT.failed}`, 'failed, or a warning'],
  [`${EXIT.critical}`, 'critical'],
  [`${EXIT.unknown}`, 'unknown'],
  [`${EXIT.usage}`, 'wrong use of a command'],
  [`${EXIT.unavailable}`, 'unavailable'],
  [`${EXIT.busy}`, 'another instance is running'],
  [`${EXIT.configuration}`, 'the configuration has problems'],
  ['129, 130, 143', 'ended by SIGHUP, SIGINT or SIGTERM'],
];

const FILES: readonly Item[] = [
  ['/etc/backup-syncd/backup-syncd.yaml', 'settings of the daemon, and defaults for all clients'],
  ['/etc/backup-syncd/clients/NAME.yaml', 'settings of a client'],
  ['/var/lib/backup-syncd', 'what is known of the clients; the directory belongs to the daemon'],
];
