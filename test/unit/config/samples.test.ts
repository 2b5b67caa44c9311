import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem, listProblems } from '../../../src/config/problem.ts';

const samples = join(import.meta.dirname, '../../fixtures/config');

describe('an invalid configuration gets exactly its messages', () => {
  test.each(readdirSync(join(samples, 'invalid')))('%s', async (name) => {
    const directory = join(samples, 'invalid', name);

    const loaded = await loadConfig(directory);

    const messages = listProblems(loaded).map(formatProblem);
    expect(`${messages.join('\n')}\n`).toBe(readFileSync(join(directory, 'message.txt'), 'utf8'));
    for (const client of loaded.config?.clients ?? []) {
      expect(loaded.clientProblems.has(client.name)).toBe(false);
    }
  });

  test('there are enough of them', () => {
    expect(readdirSync(join(samples, 'invalid')).length).toBeGreaterThanOrEqual(30);
  });
});

describe('a valid configuration becomes exactly its final values', () => {
  test.each(readdirSync(join(samples, 'valid')))('%s', async (name) => {
    const directory = join(samples, 'valid', name);

    const loaded = await loadConfig(directory);

    const wanted = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as object;
    expect(listProblems(loaded).map(formatProblem)).toEqual([]);
    expect({ ...loaded.config, directory: undefined }).toEqual({ disabled: [], ...wanted });
    expect(loaded.config?.directory).toBe(directory);
  });
});

test.each([
  ['config', ['ahost', 'laptop']],
  ['config-rclone', ['ahost']],
])('the example to install is valid: deploy/%s', async (directory, clients) => {
  const loaded = await loadConfig(join(import.meta.dirname, '../../../deploy', directory));

  expect(listProblems(loaded).map(formatProblem)).toEqual([]);
  expect(loaded.config?.clients.map(({ name }) => name)).toEqual(clients);
});
