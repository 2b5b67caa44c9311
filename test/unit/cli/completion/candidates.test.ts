import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { candidates } from '../../../../src/cli/completion/candidates.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { Syncd } from '../../../support/syncd.ts';

const PLACES: Readonly<Record<string, readonly string[]>> = { ahost: ['nas', 'usb'], web: ['b2'] };
const names = {
  clients: Object.keys(PLACES),
  backendsOf: (clients: readonly string[]) =>
    (clients.length === 0 ? Object.keys(PLACES) : clients).flatMap(
      (client) => PLACES[client] ?? [],
    ),
};

/** The last word is what stands before the cursor. */
function completed(line: string): string[] {
  const program = createProgram(() => Promise.resolve(), { err: () => undefined });
  return candidates(program, line.split(' '), names);
}

test.each([
  ['sta', ['status']],
  ['client dis', ['disable']],
  ['client sh', ['show']],
  ['backend m', ['move']],
  ['status ', ['ahost', 'web']],
  ['status ahost ', ['web']],
  ['status --json a', ['ahost']],
  ['client show w', ['web']],
  ['client rename ', ['ahost', 'web']],
  ['client rename ahost ', []],
  ['client show ahost ', []],
  ['backend init ahost ', ['nas', 'usb']],
  ['backend retire web ', ['b2']],
  ['sync ahost --backend ', ['nas', 'usb']],
  ['sync --all --backend ', ['b2', 'nas', 'usb']],
  ['audit ahost --backend ', ['nas', 'source', 'usb']],
  ['audit ahost --backend nas --backend s', ['source']],
  ['restore-check web --backend ', ['b2', 'source']],
  ['client list --format ', ['json', 'prometheus-sd', 'table']],
  ['--config-dir /etc/x snapshots w', ['web']],
  ['--config-dir ', []],
  ['client show --js', ['--json']],
  ['client add --s', ['--same-disk', '--source']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['help cli', ['client']],
  ['help client en', ['enable']],
  ['nonsense ', []],
  ['status --nonsense w', ['web']],
  ['ahost', []],
])('%j becomes %j', (line, expected) => {
  expect(completed(line)).toEqual(expected);
});

test('nothing typed yet: every command that is not hidden, and every option once a dash is typed', () => {
  expect(completed('')).toEqual(expect.arrayContaining(['backend', 'client', 'status', 'sync']));
  expect(completed('')).not.toContain('complete');
  expect(completed('status -')).toEqual(
    expect.arrayContaining(['--json', '--config-dir', '--help']),
  );
});

test('names come from the configuration, and those that a shell would interpret are left out', async () => {
  const syncd = new Syncd();
  syncd.writeClient('ahost', { source: '/a', backends: ['near'] });
  writeFileSync(syncd.clientFile('bhost'), 'surce: 1');
  writeFileSync(syncd.clientFile('chost'), 'enabled: false');
  for (const name of ['*', '$(reboot)', 'a b']) writeFileSync(syncd.clientFile(name), '');

  const words = ['complete', '--', '--config-dir', syncd.configDir, 'client', 'show', ''];
  expect(await syncd.here(words)).toMatchObject({ code: 0, stdout: 'ahost\nbhost\nchost\n' });
  const none = ['complete', '--', '--config-dir', join(syncd.directory, 'none'), 'status', ''];
  expect(await syncd.here(none)).toEqual({ code: 0, stdout: '', stderr: '' });
});
