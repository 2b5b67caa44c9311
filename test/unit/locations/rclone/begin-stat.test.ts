import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { RcloneLocation } from '../../../../src/locations/rclone/rclone-location.ts';
import { temporaryDirectory, waitFor } from '../../../support/temp.ts';

const NEVER = new AbortController().signal;
const ID = 'ab'.repeat(32);

/** A remote whose rclone is a script: it notes that it has begun, reads its list, and finds what that names. */
function remote(silenceMs: number): { location: RcloneLocation; has: (event: string) => boolean } {
  const directory = temporaryDirectory();
  const script = `#!/bin/sh
trap "touch '${directory}/ended'; exit 143" TERM
touch '${directory}/begun'
while read -r path; do printf '{"Path":"%s","Size":7,"ModTime":"2026-01-02T03:04:05Z"}\\n' "$path"; done
`;
  writeFileSync(join(directory, 'rclone'), script, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env['PATH']}` };
  const location = new RcloneLocation({ remote: 'far:place', role: 'backend', env, silenceMs });
  return { location, has: (event) => existsSync(join(directory, event)) };
}

test('a stat that was started early answers later questions, no matter how long it waited', async () => {
  const silenceMs = 300;
  const { location, has } = remote(silenceMs);
  const begun = location.beginStat({ signal: NEVER });
  await waitFor(() => has('begun'), { what: 'the look to begin' });
  await sleep(2 * silenceMs);

  const found = await begun.stat('index', [ID]);

  expect(found).toEqual([{ id: ID, size: 7, mtimeMs: Date.parse('2026-01-02T03:04:05Z') }]);
});

test('one that is no longer needed is ended', async () => {
  const { location, has } = remote(60_000);
  const begun = location.beginStat({ signal: NEVER });
  await waitFor(() => has('begun'), { what: 'the look to begin' });

  begun.end();

  await waitFor(() => has('ended'), { what: 'the look to end' });
  await expect(begun.stat('index', [ID])).rejects.toMatchObject({ name: 'AbortError' });
});
