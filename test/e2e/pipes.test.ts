import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { mainFile } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { Syncd } from '../support/syncd.ts';

/** A configuration of which `check-config --json` says more than a pipe holds (64 KiB). */
function manyProblems(): Syncd {
  const syncd = new Syncd();
  for (let i = 0; i < 300; i++)
    writeFileSync(syncd.clientFile(`host${i}`), `${'surplus'.repeat(50)}: 1\n`);
  return syncd;
}

/** Runs check-config with its output in a pipe to another program, and returns that program's output and both exit codes. */
async function pipeInto(reader: string, syncd: Syncd) {
  const script = `"$0" "$1" check-config --json | { ${reader}; }; echo "\${PIPESTATUS[0]}"`;
  const args = ['-c', script, process.execPath, mainFile];
  const { stdout, stderr } = await runProcess('bash', args, { env: syncd.environment() });
  const lines = stdout.trimEnd().split('\n');
  return { code: Number(lines.at(-1)), text: lines.slice(0, -1).join('\n'), stderr };
}

test('a slow reader gets everything', async () => {
  const { code, text } = await pipeInto('sleep 1; cat', manyProblems());

  expect(code).toBe(78);
  expect(text.length).toBeGreaterThan(100_000);
  expect(Object.keys(JSON.parse(text) as object)).toContain('problems');
});

test('a reader that ends early, such as head, does not stop the command', async () => {
  const { code, text, stderr } = await pipeInto('head -n 1', manyProblems());

  expect({ code, text, stderr }).toEqual({ code: 78, text: '{', stderr: '' });
});
