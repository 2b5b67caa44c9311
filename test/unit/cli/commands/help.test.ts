import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../../../src/cli/program.ts';

function makeProgram(): { readonly program: Command; readonly ran: () => number } {
  let runs = 0;
  const run = () => Promise.resolve(void (runs += 1));
  return { program: createProgram(run, { err: () => undefined }), ran: () => runs };
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
  return text;
}

const COMMANDS = allOf(makeProgram().program)
  .map(nameOf)
  .filter((name) => name !== 'help');

/** The words of a line as a shell makes them, of what examples need. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

test.each(COMMANDS)('the help of %s has examples that can be typed', async (name) => {
  const command = allOf(makeProgram().program).find((each) => nameOf(each) === name);
  if (command === undefined) throw new Error(`no command ${name}`);

  const [, examples = ''] = helpOf(command).split('\nExamples:\n');

  const lines = examples.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(120);
    const [typed = '', explained] = line.split('   # ');
    expect(explained).toMatch(/^[^ ]/);
    expect(typed).toContain(` ${name}`);
    const { program, ran } = makeProgram();
    await program.parseAsync(wordsOf(typed).slice(1), { from: 'user' });
    expect(ran()).toBe(1);
  }
});
