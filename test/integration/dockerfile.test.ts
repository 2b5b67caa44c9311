import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../support/process.ts';
import { describeWithTools, projectDirectory, tool } from '../support/tools.ts';

// The image itself is built and run in the soak: that takes more than a minute of computing.

test('the Dockerfile and .dockerignore let in the scripts that the build runs', () => {
  const [dockerfile, ignored] = ['Dockerfile', '.dockerignore'].map((name) =>
    readFileSync(join(projectDirectory, name), 'utf8').split('\n'),
  );
  const build = readFileSync(join(projectDirectory, 'scripts/build.mjs'), 'utf8');
  const imported = [...build.matchAll(/from '\.\/(.*)'/g)].map(([, path]) => `scripts/${path}`);
  for (const script of ['scripts/build.mjs', ...imported]) {
    expect(dockerfile).toContain(`COPY ${script} ${script}`);
    expect(ignored).toContain(`!${script}`);
  }
});

test('each base of the image is pinned by a digest, and Node is the same in all stages', () => {
  const dockerfile = readFileSync(join(projectDirectory, 'Dockerfile'), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
  expect(bases).toHaveLength(5);
  for (const base of bases) expect(base).toMatch(/:\d+\.\d+\.\d+[-a-z]*@sha256:[0-9a-f]{64}$/);
  expect(new Set(bases.filter((base) => base.includes('/node:'))).size).toBe(1);
});

describeWithTools(['hadolint'], 'the Dockerfile', () => {
  test('has no fault that hadolint knows', async () => {
    const file = join(projectDirectory, 'Dockerfile');
    const { stdout, stderr, code } = await runProcess(tool('hadolint'), [file]);
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: '', code: 0 });
  });
});
