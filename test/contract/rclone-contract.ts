import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeAll } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { RcloneControl } from '../support/rclone-control.ts';
import { writeRcloneConfig } from '../support/rclone.ts';
import { countForSummary } from '../support/seed.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, type Generation } from '../support/tools.ts';
import {
  locationContract,
  locationContractCore,
  type ContractPlace,
  type ContractView,
} from './location-contract.ts';
import { cryptOver, KINDS, type Kind, type Remote } from '../support/rclone-kinds.ts';
import { viewOfDirectory, viewThroughRclone } from './views.ts';

type Suite = 'whole' | 'core';
/** Which part of the contract is tested with the rclone of which generation. */
type ByGeneration = Readonly<Partial<Record<Generation, Suite>>>;

export interface Extent {
  readonly plain: ByGeneration;
  /** with crypt over this kind: names and sizes are rclone's own there */
  readonly crypt?: ByGeneration;
}

/** For the gate: the whole contract with the newest rclone. */
export const WHOLE: Extent = { plain: { newest: 'whole' } };
/** For the gate: what depends on the storage, with the oldest rclone, where the rest of the contract would show nothing new. */
export const CORE: Extent = { plain: { debian12: 'core' } };
/** For the soak: it starts thousands of processes. */
export const EVERYTHING: Extent = {
  plain: { newest: 'whole', debian12: 'whole' },
  crypt: { newest: 'whole', debian12: 'whole' },
};

/** Has a kind of storage, and crypt over it, pass the contract of a location. */
export function rcloneContract(name: keyof typeof KINDS, { plain, crypt = {} }: Extent): void {
  const contracts = { whole: locationContract, core: locationContractCore };
  const kind = startedOnce(KINDS[name]);
  const tested = [
    { name, kind, suites: plain },
    { name: `crypt over ${name}`, kind: cryptOver(kind), suites: crypt },
  ];
  for (const { suites, ...each } of tested)
    for (const [generation, suite] of Object.entries(suites) as [Generation, Suite][])
      describeKind({ ...each, generation, contract: contracts[suite] });
}

interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly generation: Generation;
  readonly contract: typeof locationContract;
}

/** One server for all who test it. */
function startedOnce(kind: Kind): Kind {
  let started: ReturnType<Kind['start']> | undefined;
  return { ...kind, start: () => (started ??= kind.start()) };
}

function describeKind({ name, kind, generation, contract }: Case): void {
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
    afterEach(() => countForSummary('contract tests', `${name}, rclone of ${generation}`, 1));
    const open = (place: string, role: 'source' | 'backend') => {
      const env = { PATH: pathWith(generation) };
      return new RcloneLocation({ remote: place, configFile, role, env });
    };
    const viewOf = ({ view }: Remote, folder: string) => {
      if ('directory' in view) return viewOfDirectory(join(view.directory, folder));
      if (control === undefined) throw new Error('no rclone to look through');
      return viewThroughRclone(control, `${view.remote}${folder}`);
    };
    contract(`rclone, ${name}`, {
      kinds: ['data', 'snapshots'],
      rounds: 2,
      many: kind.isSlow ? 50 : 200,
      keepsTimes: kind.keepsTimes,
      tellsSpace: kind.tellsSpace,
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

/** Makes a server notice changes behind its back at once. */
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
