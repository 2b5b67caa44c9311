import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../../src/config/parse.ts';
import { formatProblem } from '../../../../src/config/problem.ts';

function problems(password: string): string[] {
  const text = `source:\n  directory: /source\n  password: ${password}\n`;
  const { clientProblems } = parseConfig([{ path: 'clients/a.yaml', text }]);
  return [...clientProblems.values()].flat().map(formatProblem);
}

function passwordOf(client: string, defaults = ''): unknown {
  const files = [
    { path: 'backup-syncd.yaml', text: `defaults: { source: { directory: /a${defaults} } }` },
    { path: 'clients/a.yaml', text: client },
  ];
  return parseConfig(files).config?.clients[0]?.source.password;
}

test.each([
  [
    'hunter2',
    'clients/a.yaml:3:13: source.password: is not a map with one of file, env and command; never write the password itself here',
  ],
  [
    '[hunter2]',
    'clients/a.yaml:3:13: source.password: is not a map with one of file, env and command; never write the password itself here',
  ],
  [
    '{}',
    'clients/a.yaml:3:13: source.password: is empty; it must be a map with one of file, env and command; never write the password itself here',
  ],
  [
    '{ file: hunter2 }',
    'clients/a.yaml:3:21: source.password.file: is not an absolute path; write the path of a file that contains the password',
  ],
  [
    '{ env: "hunter2!" }',
    'clients/a.yaml:3:20: source.password.env: is not the name of an environment variable; write e.g. AHOST_PASSWORD',
  ],
  [
    '{ env: A, file: /b }',
    'clients/a.yaml:3:20: source.password.env: cannot be combined with file; keep one of them',
  ],
  ['{ fil: /b }', 'clients/a.yaml:3:15: source.password.fil: unknown key; did you mean "file"?'],
])('%s is refused, and not repeated', (given, wanted) => {
  const found = problems(given);
  expect(found).toContain(wanted);
  expect(found.join('\n')).not.toContain('hunter2');
});

test('each way, with the name of the client', () => {
  expect(passwordOf('', ', password: { file: "/s/{client}" }')).toEqual({ file: '/s/a' });
  expect(passwordOf('source: { password: { env: A } }')).toEqual({ env: 'A' });
  expect(passwordOf('source: { password: { command: [/p, "{client}"] } }')).toEqual({
    command: ['/p', 'a'],
  });
});

test("a client's own password source replaces the one in the defaults", () => {
  const defaults = ', password: { file: /s }';
  expect(passwordOf('source: { password: { env: A } }', defaults)).toEqual({ env: 'A' });
});
