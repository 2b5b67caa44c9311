import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Supervisor } from '../../../src/client/supervisor.ts';
import type { Config } from '../../../src/config/types.ts';
import { ServedSockets } from '../../../src/client/served-sockets.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import type { OwnFiles } from '../../../src/files/own-files.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';
import { backup, makeRig, MINUTE } from './fixtures.ts';

test('the reason why a client is not taken is also reported while a new configuration is applied', async () => {
  const { options } = await makeRig();
  const runtimeDirectory = join(temporaryDirectory(), 'x'.repeat(200)); // too long for a socket
  const supervisor = new Supervisor({
    ...options,
    runtimeDirectory,
    stateDirectory: temporaryDirectory(),
    stateFiles: DIRECT_FILES,
    runtimeFiles: DIRECT_FILES,
    sockets: new ServedSockets(runtimeDirectory, DIRECT_FILES),
  });
  const clients = ['one', 'two'].map((name) => ({ ...options.config, name }));
  const withClients = (...list: typeof clients) => ({ clients: list }) as unknown as Config;
  await supervisor.apply(withClients(...clients), new Map());
  expect([...supervisor.failures().keys()]).toEqual(['one', 'two']);

  const applying = supervisor.apply(withClients(...clients.slice(1)), new Map());

  expect([...supervisor.failures().keys()]).toEqual(['two']);
  await applying;
  expect([...supervisor.failures().keys()]).toEqual(['two']);
  await supervisor.stop();
  expect(supervisor.failures().size).toBe(0);
});

test('an alarm that could not be saved is not lost when the configuration of the client changes', async () => {
  const { options, source, model, clock } = await makeRig({ backends: [], history: [backup(1)] });
  const runtimeDirectory = temporaryDirectory();
  let isFull = false;
  const stateFiles: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) => {
      if (isFull && operation === 'replace') throw new Error('ENOSPC');
      return DIRECT_FILES.call(operation, args);
    },
  };
  const supervisor = new Supervisor({
    ...options,
    runtimeDirectory,
    stateDirectory: temporaryDirectory(),
    stateFiles,
    runtimeFiles: DIRECT_FILES,
    sockets: new ServedSockets(runtimeDirectory, DIRECT_FILES),
  });
  onCleanUp(async () => void (await supervisor.stop()));
  const apply = (config: typeof options.config) =>
    supervisor.apply({ clients: [config] } as unknown as Config, new Map());
  const source0 = () => supervisor.reports()[0]?.source;
  await apply(options.config);
  await waitFor(() => source0()?.snapshots === 1, { what: 'the first look' });
  const before = new Set(source.place.paths('snapshots'));
  clock.at += MINUTE;
  model.act(backup(2));
  await waitFor(() => source0()?.snapshots === 2, { what: 'the second snapshot' });
  const { scans = 0 } = source0() ?? {};
  await waitFor(() => (source0()?.scans ?? 0) > scans + 2, { what: 'two looks' });
  await sleep(150); // otherwise, it could have been replaced by the other one, as an edit does
  isFull = true;
  for (const path of source.place.paths('snapshots'))
    if (!before.has(path)) source.place.delete(path);
  await waitFor(() => source0()?.alarms?.length === 1, { what: 'the alarm' });

  await apply({ ...options.config, source: { ...options.config.source, pollMs: 6 } });

  expect(source0()?.alarms).toMatchObject([{ reason: 'snapshots_removed' }]);
  isFull = false;
});
