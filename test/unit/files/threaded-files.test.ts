import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ThreadedFiles } from '../../../src/files/threaded-files.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { mountPassthrough } from '../../support/fuse.ts';
import { describeWithTools } from '../../support/tools.ts';

describeWithTools(['fuse'], 'on a mount that hangs', () => {
  test('a thread that serves a socket is not waited for, although it removes that when it ends', async () => {
    const mount = await mountPassthrough();
    onCleanUp(() => mount.thaw());
    const directory = join(mount.path, 'run');
    mkdirSync(directory, { mode: 0o700 });
    const files = new ThreadedFiles(mount.path);
    await files.serve(join(directory, 'ahost.sock'), () => undefined);
    await mount.freeze();

    expect(await files.close()).toBe(false);
  });
});
