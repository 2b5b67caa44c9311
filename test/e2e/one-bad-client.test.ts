import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { acquireLock } from '../../src/state/lock.ts';
import { runProcess } from '../support/process.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';

/** The obstacle of one client, and the message about it. */
const BAD: Readonly<Record<string, readonly [RegExp, (state: string, run: string) => unknown]>> = {
  newer: [
    /newer\.json was written by a newer version.*move the file away/,
    (state) => writeFileSync(join(state, 'newer.json'), '{"schemaVersion":99}'),
  ],
  directory: [
    /directory\.json is not a regular file; move it away/,
    (state) => mkdirSync(join(state, 'directory.json')),
  ],
  pipe: [
    /pipe\.json is not a regular file; move it away/,
    (state) => runProcess('mkfifo', [join(state, 'pipe.json')]),
  ],
  huge: [
    /huge\.json has 1000000000 bytes/,
    (state) => {
      writeFileSync(join(state, 'huge.json'), '');
      truncateSync(join(state, 'huge.json'), 1e9);
    },
  ],
  locked: [/locked is locked by process/, (state) => acquireLock(state, 'locked')],
};

test('a problem of one client does not keep others from running, and is shown', async () => {
  const syncd = new Syncd();
  const { stateDir, runtimeDir } = syncd;
  mkdirSync(stateDir, { mode: 0o700 });
  mkdirSync(runtimeDir, { mode: 0o700 });
  const names = ['agood', ...Object.keys(BAD), 'zgood'];
  for (const name of names) {
    mkdirSync(join(syncd.directory, name));
    syncd.writeClient(name, { source: join(syncd.directory, name), backends: [] });
  }
  for (const [, spoil] of Object.values(BAD)) await spoil(stateDir, runtimeDir);
  writeFileSync(join(stateDir, 'zgood.lock.3'), 'garbage');
  mkdirSync(join(stateDir, 'zgood.listings'));

  const daemon = await syncd.start();

  expect((await daemon.clients()).map(({ client }) => client)).toEqual(['agood', 'zgood']);
  const page = (await daemon.get('/')).replaceAll(/\s+/g, ' ');
  for (const [name, [said]] of Object.entries(BAD)) {
    expect(await daemon.metric('client_config_valid', { client: name })).toBe(0);
    expect(page).toContain(`>${name}</a>`);
    expect((await daemon.get(`/clients/${name}`)).replaceAll(/\s+/g, ' ')).toMatch(said);
  }

  const alone = await syncd.cli(['run', 'newer']);
  expect(alone).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('newer version') as unknown,
  });
  const status = await syncd.cli(['status']);
  expect(status).toMatchObject({ code: 2, stdout: expect.stringContaining('agood') as unknown });
  expect(status.stdout).toMatch(/WARNING newer: .*newer version/);

  writeFileSync(join(stateDir, 'late.json'), '{"schemaVersion":99}');
  syncd.writeClient('late', { source: join(syncd.directory, 'agood'), backends: [] });
  syncd.removeClient('agood');
  await waitFor(async () => (await daemon.get('/')).includes('>late</a>: it was refused'), {
    what: 'a client that is added and cannot be taken',
  });

  writeFileSync(join(stateDir, 'newer.json'), '');
  await waitFor(async () => (await daemon.clients()).some(({ client }) => client === 'newer'), {
    what: 'the client whose state file was mended',
  });
}, 60_000);
