import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Supervisor } from '../../../src/client/supervisor.ts';
import type { Config } from '../../../src/config/types.ts';
import { ServedSockets } from '../../../src/client/served-sockets.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { makeRig } from './fixtures.ts';

test('the reason why a client is not taken is also reported while a new configuration is applied', async () => {
  const { options } = await makeRig();
  const runtimeDirectory = join(temporaryDirectory(), 'x'.repeat(200)); // too long for a socket
  const supervisor = new Supervisor({
    ...{ ...options, runtimeDirectory, stateDirectory: temporaryDirectory() },
    ...{ stateFiles: DIRECT_FILES, runtimeFiles: DIRECT_FILES },
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
