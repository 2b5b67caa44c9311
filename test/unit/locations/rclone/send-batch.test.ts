import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Rclone } from '../../../../src/locations/rclone/rclone.ts';
import { sendBatch } from '../../../../src/locations/rclone/send-batch.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { MemoryLocation } from '../../../support/memory-location.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const [ARRIVED = '', GONE = '', LEFT = ''] = ['aa', 'bb', 'cc'].map((digits) => digits.repeat(32));
const path = (id: string) => `snapshots/${id}`;
const BATCH = Catalogue.from([ARRIVED, GONE, LEFT].map((id) => [id, 1]));

/** Sends three by an rclone, a script, that names the first one only; another is gone from the source. */
async function send(exit: string, source = new MemoryLocation()) {
  for (const id of [ARRIVED, LEFT]) source.place.put(path(id), '1');
  const directory = temporaryDirectory();
  const copied = { level: 'info', msg: 'Copied (new)', object: path(ARRIVED) };
  const script = `#!/bin/sh\ncat >/dev/null\necho '${JSON.stringify(copied)}' >&2\n${exit}\n`;
  writeFileSync(join(directory, 'rclone'), script, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env['PATH']}` };
  const rclone = new Rclone({ label: 'far:place', env, silenceMs: 60_000 });
  const target = {
    rclone,
    root: 'far:place/',
    label: 'far:place',
    placing: 'direct',
    refusesDamaged: false,
  } as const;
  const receipt = await sendBatch(
    BATCH,
    { source, from: '/source/', kind: 'snapshots', target },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  const { placed, vanished, failure } = receipt;
  return { placed: [...placed.entries()].map(({ id }) => id), vanished, failure };
}

test('an object that rclone did not name is gone from the source, or was silently left out', async () => {
  const { failure, ...accounts } = await send('exit 0');

  expect(accounts).toEqual({ placed: [ARRIVED], vanished: [GONE] });
  expect(failure).toMatchObject({ reason: 'tool' });
  expect(failure?.message).toMatch(new RegExp(`^snapshots/${LEFT}: .*did not say why$`));
});

test('its complaint is the reason why the rest was not sent', async () => {
  const { failure, ...accounts } = await send('echo "no space left on device" >&2; exit 1');

  expect(accounts).toEqual({ placed: [ARRIVED], vanished: [GONE] });
  expect(failure).toMatchObject({ reason: 'no_space' });
});

test('if the source cannot be reached, what arrived counts, and nothing is assumed to be gone', async () => {
  const source = new MemoryLocation();
  source.before = ({ method }) => {
    if (method === 'stat') throw new SyncdError('source_unavailable', 'it is away');
  };

  const { failure, ...accounts } = await send('exit 0', source);

  expect(accounts).toEqual({ placed: [ARRIVED], vanished: [] });
  expect(failure).toMatchObject({ reason: 'source_unavailable' });
  expect(failure?.message).toBe(
    `snapshots/${GONE}: it is away (one of 2 objects that were not sent)`,
  );
});
