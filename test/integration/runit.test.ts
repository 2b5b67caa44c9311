import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { testStopOfServices, testStopOfTransfer } from '../suites/runit.ts';
import { describeWithTools, projectDirectory, tool } from '../support/tools.ts';

const runit = join(projectDirectory, 'deploy/runit');

describeWithTools(['shellcheck'], 'the scripts of deploy/runit', () => {
  test('can be executed, and shellcheck has nothing to say', () => {
    const files = readdirSync(runit, { recursive: true, encoding: 'utf8' })
      .map((name) => join(runit, name))
      .filter((path) => statSync(path).isFile());
    const scripts = files.filter((path) => readFileSync(path, 'utf8').startsWith('#!'));

    expect(scripts.length).toBeGreaterThanOrEqual(10);
    for (const path of files)
      expect({ path, mode: statSync(path).mode & 0o100 }).toEqual({
        path,
        mode: scripts.includes(path) ? 0o100 : 0,
      });
    execFileSync(tool('shellcheck'), scripts, { stdio: 'pipe' });
  });
});

testStopOfServices();
testStopOfTransfer('newest');
