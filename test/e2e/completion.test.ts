import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mainFile } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';

test('bash completes commands, clients and backends, as it reads the script', async () => {
  const syncd = new Syncd();
  syncd.writeClient('ahost', { source: '/a', backends: ['near', 'far'] });
  const bin = temporaryDirectory();
  const program = join(bin, 'backup-syncd');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`);
  chmodSync(program, 0o755);
  const complete = (...words: readonly string[]) =>
    `COMP_WORDS=(backup-syncd ${words.join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _backup_syncd; echo "\${COMPREPLY[*]}"`;
  const script = [
    'set -eu',
    'source <(backup-syncd completion bash)',
    complete('client', 'sh'),
    complete('client', 'show', "''"),
    complete('backend', 'init', 'ahost', "''"),
    'complete -p backup-syncd',
  ].join('\n');

  const { code, stdout, stderr } = await runProcess('bash', ['--norc', '-c', script], {
    env: { BACKUP_SYNCD_CONFIG_DIR: syncd.configDir, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    'show',
    'ahost',
    'far near',
    'complete -o default -F _backup_syncd backup-syncd',
    '',
  ]);
});
