import { describe } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryLocation } from '../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../../src/locations/rclone/rclone-location.ts';
import { locationContractCore, type ContractPlace } from '../../contract/location-contract.ts';
import { viewOfDirectory } from '../../contract/views.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { writeRcloneConfig } from '../../support/rclone.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools, generations, pathWith } from '../../support/tools.ts';

/** A directory whose objects come from a remote keeps the same contract as one whose objects are copied. */
describe.each(generations)('%s', (generation) => {
  describeWithTools([`${generation}/rclone`], 'a directory, from a remote source', () => {
    const pool = new FilePool();
    onCleanUp(() => pool.close());

    locationContractCore('directory, from rclone', {
      kinds: ['data', 'snapshots'],
      rounds: 2,
      many: 60,
      keepsTimes: true,
      tellsSpace: true,
      makeSource: () => {
        const root = temporaryDirectory();
        const section = { type: 'alias', remote: root };
        const configFile = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
          far: section,
        });
        const env = { PATH: pathWith(generation) };
        const reopen = () =>
          new RcloneLocation({ remote: 'far:', configFile, role: 'source', env });
        return { ...viewOfDirectory(root), location: reopen(), reopen };
      },
      makePlace: (role): ContractPlace => {
        const root = temporaryDirectory();
        if (role === 'backend') mkdirSync(join(root, '.backup-syncd'));
        const reopen = () => new DirectoryLocation({ root, role, pool });
        return { ...viewOfDirectory(root), location: reopen(), reopen };
      },
      missing: (role) =>
        new DirectoryLocation({ root: join(temporaryDirectory(), 'gone'), role, pool }),
    });
  });
});
