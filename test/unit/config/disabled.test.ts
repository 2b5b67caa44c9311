import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { formatProblem, listProblems } from '../../../src/config/problem.ts';

function parsed(clients: Readonly<Record<string, string>>, defaults = '') {
  const files = Object.entries(clients).map(([name, text]) => ({
    path: `clients/${name}.yaml`,
    text,
  }));
  return parseConfig([{ path: 'backup-syncd.yaml', text: defaults }, ...files]);
}

test('a disabled client does not run, and says why and since when', () => {
  const { config, clientProblems } = parsed({
    a: 'source: { directory: /a }',
    b: 'enabled: false\ndisabled: { reason: sold, since: 2026-11-29T18:00:00Z, by: anna }',
    c: 'enabled: false\nsource: { directory: /c }\nlisten: 127.0.0.1:99',
  });

  expect(config?.clients.map(({ name }) => name)).toEqual(['a']);
  expect(config?.disabled).toEqual([
    {
      name: 'b',
      file: 'clients/b.yaml',
      reason: 'sold',
      by: 'anna',
      since: Date.UTC(2026, 10, 29, 18),
    },
    { name: 'c', file: 'clients/c.yaml', listen: { host: '127.0.0.1', port: 99 } },
  ]);
  expect(clientProblems.size).toBe(0);
});

test('problems of a disabled client are warnings, and no reason to refuse another one', () => {
  const loaded = parsed({
    a: 'source: { directory: /same }',
    b: 'enabled: false\nsource: { directory: /same }\nsurce: 1',
  });
  expect(loaded.config?.clients.map(({ name }) => name)).toEqual(['a']);
  expect(loaded.config?.disabled.map(({ name }) => name)).toEqual(['b']);
  const texts = listProblems(loaded).map(formatProblem);
  expect(texts).toEqual([
    expect.stringMatching(/^clients\/b.yaml:2:\d+: warning: source.directory: /),
    expect.stringMatching(/^clients\/b.yaml:3:1: warning: surce: unknown key/),
  ]);
});

test('what cannot be read, or is no boolean, disables nothing', () => {
  const { config, clientProblems } = parsed({
    a: 'enabled: false\n  source: [',
    b: 'enabled: no\nsource: { directory: /b }',
    c: 'enabled: false\ndisabled: { since: yesterday }',
  });
  expect(config?.disabled.map(({ name }) => name)).toEqual(['c']);
  expect([...clientProblems.keys()]).toEqual(['a', 'b']);
});

test('a reason without effect is a warning', () => {
  const loaded = parsed({ a: 'source: { directory: /a }\ndisabled: { reason: sold }' });
  expect(loaded.config?.clients.map(({ name }) => name)).toEqual(['a']);
  expect(listProblems(loaded).map(formatProblem)).toEqual([
    expect.stringMatching(/^clients\/a.yaml:2:11: warning: disabled: has no effect/),
  ]);
});
