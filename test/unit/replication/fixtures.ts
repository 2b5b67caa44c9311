import type { SendOptions } from '../../../src/work/sender.ts';
import { UNSHARED } from '../../../src/locations/turns.ts';
import type { Location } from '../../../src/locations/location.ts';
import type { Pass, StepName } from '../../../src/replication/pass.ts';
import { planSync, type Plan } from '../../../src/replication/plan.ts';
import { runSync, type SyncResult } from '../../../src/replication/sync.ts';
import { takeView } from '../../../src/replication/take-view.ts';
import { EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import type { Objects } from '../../../src/repository/objects.ts';
import type { View } from '../../../src/repository/view.ts';
import { ResticModel, type ResticAction } from '../../arbitraries/restic-model.ts';
import { MemoryLocation, sha256 } from '../../support/memory-location.ts';

export const NEVER = new AbortController().signal;
export const backup = (...blobs: number[]): ResticAction => ({ verb: 'backup', blobs });

/** A repository in memory with a history, and a location to look at it. */
export function repository(...actions: ResticAction[]): {
  model: ResticModel;
  source: MemoryLocation;
} {
  const source = new MemoryLocation(undefined, 'the source');
  const model = new ResticModel(source.place, actions);
  model.finish();
  return { model, source };
}

export async function viewOf(source: Location): Promise<View> {
  return (await takeView(source, { signal: NEVER, now: () => 1_000 })).view;
}

/** The options of a pass without observers. */
export function sendOptions(source: MemoryLocation, noted: Partial<SendOptions> = {}): SendOptions {
  return {
    pass: passOf(),
    source,
    minFreeBytes: 0,
    freshView: () => viewOf(source),
    ...noted,
  };
}

/** A pass without observers, except for the given ones. */
export function passOf(noted: Partial<Pass> = {}): Pass {
  return {
    signal: NEVER,
    turns: UNSHARED,
    now(this: Pass | undefined) {
      if (this === undefined) throw new Error('a method of a pass needs its pass');
      return 7;
    },
    planned: () => undefined,
    moved: () => undefined,
    placed: () => undefined,
    alive: () => undefined,
    step: () => undefined,
    ...noted,
  };
}

/** The objects that a listing of a target finds. */
export async function presentAt(
  target: MemoryLocation,
): Promise<{ configSha256: string | undefined; objects: Objects }> {
  const quiet = new MemoryLocation(target.place);
  const options = { signal: NEVER, care: 'full' } as const;
  const config = target.place.content('config');
  return {
    configSha256: config && sha256(config),
    objects: {
      keys: (await quiet.list('keys', options)).objects,
      data: (await quiet.list('data', options)).objects,
      index: (await quiet.list('index', options)).objects,
      snapshots: (await quiet.list('snapshots', options)).objects,
    },
  };
}

export async function planFor(source: MemoryLocation, target: MemoryLocation): Promise<Plan> {
  return planSync(await viewOf(source), await presentAt(target));
}

export interface Recorder {
  readonly steps: StepName[];
  readonly placed: Objects[];
}

export async function sync(
  plan: Plan,
  source: MemoryLocation,
  {
    target,
    signal = NEVER,
    minFreeBytes = 0,
    recorder = { steps: [], placed: [] },
    onStep = () => undefined,
  }: {
    target: MemoryLocation;
    signal?: AbortSignal;
    minFreeBytes?: number;
    recorder?: Recorder;
    onStep?: (step: StepName) => void;
  },
): Promise<SyncResult> {
  return runSync(plan, {
    source,
    target,
    minFreeBytes,
    known: {
      addPlaced: () => undefined,
      setConfig: () => undefined,
      hadBefore: () => EMPTY_CATALOGUE,
    },
    isStillThere: () => Promise.resolve(true),
    pass: passOf({
      signal,
      placed: (objects) => void recorder.placed.push(objects),
      step: (name) => {
        recorder.steps.push(name);
        onStep(name);
      },
    }),
  });
}
