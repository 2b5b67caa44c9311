import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { RcloneControl } from '../support/rclone-control.ts';
import { writeRcloneConfig } from '../support/rclone.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, type Generation } from '../support/tools.ts';
import { locationContract, type ContractPlace, type ContractView } from './location-contract.ts';
import type { Kind, Remote } from './rclone-kinds.ts';
import { viewOfDirectory, viewThroughRclone } from './views.ts';

/** Has a kind of storage pass the contract, driven by the rclone of a generation. */
export function rcloneContract(name: string, kind: Kind, generation: Generation): void {
  const needs = [`${generation}/rclone`, 'newest/rclone', ...kind.needs] as const;
  describeWithTools(needs, `rclone of ${generation}`, () => {
    const pool = new FilePool();
    onCleanUp(() => pool.close());
    let remote: Remote;
    let control: RcloneControl | undefined;
    let configFile: string;
    beforeAll(async () => {
      remote = await kind.start();
      configFile = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), remote.config);
      if ('remote' in remote.view) control = await RcloneControl.start(configFile);
    });
    const open = (place: string, role: 'source' | 'backend') => {
      const env = { PATH: pathWith(generation) };
      return new RcloneLocation({ remote: place, configFile, role, env });
    };
    const viewOf = ({ view }: Remote, folder: string) => {
      if ('directory' in view) return viewOfDirectory(join(view.directory, folder));
      if (control === undefined) throw new Error('no rclone to look through');
      return viewThroughRclone(control, `${view.remote}${folder}`);
    };
    locationContract(`rclone, ${name}`, {
      ...{ rounds: 2, many: kind.isSlow ? 50 : 1_000 },
      ...{ keepsTimes: kind.keepsTimes, tellsSpace: kind.tellsSpace },
      makeSource: () => sourceDirectory(pool),
      async makePlace(role) {
        const folder = randomUUID().slice(0, 8);
        const reopen = () => open(`${remote.base}${folder}`, role);
        const view = await viewOf(remote, folder);
        return { ...(await refreshed(view, remote)), location: reopen(), reopen };
      },
      missing: (role) => open(remote.missing, role),
    });
  });
}

function sourceDirectory(pool: FilePool): ContractPlace {
  const root = temporaryDirectory();
  const reopen = () => new DirectoryLocation({ root, role: 'source', pool });
  return { ...viewOfDirectory(root), location: reopen(), reopen };
}

/** Makes a server see at once what is changed past it. */
async function refreshed(view: ContractView, { refresh }: Remote): Promise<ContractView> {
  if (refresh === undefined) return view;
  await refresh();
  return {
    ...view,
    async plant(path, content, mtimeMs) {
      await view.plant(path, content, mtimeMs);
      await refresh();
    },
    async unplant(path) {
      await view.unplant(path);
      await refresh();
    },
  };
}
