import { chmodSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findRemembered } from '../../../src/cli/reach-unit.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { openTemporaryDirectory } from '../../support/temp.ts';

const asRoot = process.geteuid?.() === 0 ? test : test.skip;

asRoot('a state directory that this user may not read is said, with what to do', async () => {
  const stateDirectory = openTemporaryDirectory();
  chmodSync(stateDirectory, 0o700);
  const text = 'source: { directory: /source }\nbackends:\n  - { name: nas, directory: /nas/a }\n';
  const { config } = parseConfig([
    { path: 'backup-syncd.yaml', text: '' },
    { path: 'clients/a.yaml', text },
  ]);
  const [client] = config?.clients ?? [];
  if (client === undefined) throw new Error('the sample is not valid');

  process.seteuid?.(54_321);
  const error: unknown = await findRemembered({ stateDirectory }, client, 0).catch(
    (reason: unknown) => reason,
  );
  process.seteuid?.(0);

  expect(error).toMatchObject({
    exitCode: 69,
    message: expect.stringContaining(
      `cannot read the state directory ${stateDirectory}: EACCES`,
    ) as unknown,
    hint: expect.stringContaining('chown -R 54321') as unknown,
  });
});
