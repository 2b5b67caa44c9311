import { describe, expect, test } from '@jest/globals';
import { createProgram } from '../../../src/cli/program.ts';

/** The message for a command line that is refused. */
async function refusal(...argv: string[]): Promise<string> {
  const said: string[] = [];
  const program = createProgram(() => Promise.reject(new Error('no command was to be run')), {
    err: (line) => void said.push(line),
  });
  await expect(program.parseAsync(argv, { from: 'user' })).rejects.toMatchObject({
    name: 'CommanderError',
  });
  return said.join('\n');
}

describe('a mistyped name gets a suggestion', () => {
  test.each([
    [['statsu'], 'unknown command', 'Did you mean status?'],
    [['help', 'statsu'], 'unknown command', 'Did you mean status?'],
    [['help', 'backend', 'initt'], 'unknown command', 'Did you mean init?'],
    [['status', '--problem'], 'unknown option', 'Did you mean --problems?'],
    [['sync', '--al'], 'unknown option', 'Did you mean --all?'],
    [['backend', 'initt', 'ahost', 'nas'], 'unknown command', 'Did you mean init?'],
    [['backend', 'retier', 'ahost', 'nas'], 'unknown command', 'Did you mean retire?'],
    [['backend', 'init', '--adop', 'ahost', 'nas'], 'unknown option', 'Did you mean --adopt?'],
    [['status', '--state', 'bad'], 'invalid', 'critical, warning, unknown, ok'],
  ])('%j', async (argv, what, suggestion) => {
    const said = await refusal(...argv);
    expect(said).toContain(what);
    expect(said).toContain(suggestion);
  });
});
