import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

test.each(['x', '-1', '65536', '1.5'])('demo refuses the port %s', async (port) => {
  expect(await new Site().run('demo', '--port', port)).toMatchObject({
    code: 64,
    stdout: '',
    stderr: expect.stringContaining('--port must be a number'),
  });
});
