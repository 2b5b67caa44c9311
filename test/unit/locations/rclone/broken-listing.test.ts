import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RcloneLocation } from '../../../../src/locations/rclone/rclone-location.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const ID = 'ab'.repeat(32);
const LISTING = { signal: new AbortController().signal, care: 'full' } as const;

/** A remote whose rclone is a script, which lists an empty root. */
function remote(listsData: string): RcloneLocation {
  const directory = temporaryDirectory();
  const script = `#!/bin/sh\ncase "$2" in *data/) ${listsData};; *) echo '[]';; esac\n`;
  writeFileSync(join(directory, 'rclone'), script, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env['PATH']}` };
  return new RcloneLocation({ remote: 'far:place', role: 'backend', env });
}

test('a listing that breaks off is rejected, even if rclone reports missing files', async () => {
  const found = `{"Path":"ab/${ID}","Size":1}`;
  const location = remote(
    `printf '%s\\n' '[' '${found}'; echo '{"level":"error","msg":"directory not found"}' >&2; exit 3`,
  );

  await expect(location.list('data', LISTING)).rejects.toMatchObject({ reason: 'tool' });
});

test('an answer that is not JSON fails only its call', async () => {
  const location = remote(`printf '%s\\n' '[' '{"Path":' ']'`);

  await expect(location.list('data', LISTING)).rejects.toMatchObject({ reason: 'tool' });
});

test('a line without an end is not buffered completely', async () => {
  const location = remote(`echo '['; head -c 5000000 /dev/zero | tr '\\0' '{'; echo; echo ']'`);

  await expect(location.list('data', LISTING)).rejects.toMatchObject({ reason: 'tool' });
});
