import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../support/site.ts';

test.each([
  ['sync', ['sync', 'ahost']],
  ['audit', ['audit', 'ahost']],
  ['ack', ['ack', 'ahost', '--reason', 'none']],
  ['retire', ['backend', 'retire', 'ahost', 'near', '--all', '--dry-run']],
])(
  'without a daemon, %s tells that the state file was damaged, and where it is',
  async (_, args) => {
    const site = await Site.synced();
    writeFileSync(join(site.syncd.stateDir, 'ahost.json'), '{ "schema');

    const { stderr } = await site.run(...args);

    expect(stderr).toMatch(
      /^ahost: the state file was damaged and is now .*ahost\.json\.damaged-/m,
    );
  },
);
