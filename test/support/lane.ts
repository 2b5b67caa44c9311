import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { startDaemon } from './cli.ts';
import type { RunningProcess } from './process.ts';
import {
  checkReplica,
  foreignFiles,
  objectsOf,
  visibleSnapshots,
  wrongObjects,
} from './replica.ts';
import type { ResticRepository, SeededRepository } from './restic.ts';
import { changeTree } from './sample-data.ts';
import { withoutProgress, type Syncd } from './syncd.ts';
import type { Generation } from './tools.ts';

/** Where the replica of a lane is, and a way around the program to it. */
export type LanePlace = {
  readonly generation: Generation;
  /** Has a client `ahost` with this one backend, which was made. */
  readonly syncd: Syncd;
  /** The replica as it is stored. */
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts objects of the source there; by default they are copied as they are. */
  fill?(objects: readonly string[]): void;
  /** A directory with its objects as restic reads them; by default the replica itself. */
  open?(): string;
};

/** Backups that the source has beside the two of the seed. */
export const EXTRA_SNAPSHOTS = 5;

/** A source that grows, and a replica that can be set back to how it was at any snapshot. */
export class Lane {
  readonly place: LanePlace;
  readonly repository: ResticRepository;
  readonly source: string;
  readonly data: string;
  /** the objects of the source after each snapshot, and at first none */
  readonly stages: string[][] = [[]];
  /** how often it was looked at after a disturbance */
  examined = 0;
  /** those that left the replica with some of what was to be sent */
  partial = 0;

  private constructor(seed: SeededRepository, place: LanePlace) {
    this.place = place;
    this.repository = seed.repository;
    this.source = seed.path;
    this.data = seed.data;
  }

  static async create(
    seed: SeededRepository,
    place: LanePlace,
    extraSnapshots = EXTRA_SNAPSHOTS,
  ): Promise<Lane> {
    const lane = new Lane(seed, place);
    const marker = join(place.syncd.directory, 'marker');
    cpSync(join(place.directory, '.backup-syncd'), marker, { recursive: true });
    lane.stages.push(objectsOf(lane.source));
    for (let number = 0; number < extraSnapshots; number += 1) await lane.backup(number);
    return lane;
  }

  /** What restic would see of the replica now; look once, and examine that. */
  open(): string {
    return this.place.open?.() ?? this.place.directory;
  }

  async backup(seed: number): Promise<void> {
    changeTree(this.data, { seed: 100 + seed, files: 8 });
    await this.repository.backup(this.data);
    this.stages.push(objectsOf(this.source));
  }

  /** Makes the replica what it was when the source had its first so many snapshots; 0 is a fresh backend. */
  setBack(stage: number): void {
    const { syncd, directory } = this.place;
    rmSync(directory, { recursive: true });
    rmSync(syncd.stateDir, { recursive: true, force: true });
    mkdirSync(syncd.stateDir, { mode: 0o700 });
    cpSync(join(syncd.directory, 'marker'), join(directory, '.backup-syncd'), { recursive: true });
    const objects = this.stages[stage] ?? [];
    if (objects.length === 0) return;
    if (this.place.fill === undefined) this.copy(objects);
    else this.place.fill(objects);
  }

  /** `sync ahost`, which goes on while the test does something else. */
  start(): RunningProcess {
    const { syncd, env } = this.place;
    return startDaemon(['sync', 'ahost'], { env: syncd.environment(env) });
  }

  async killAtStep(step: string): Promise<void> {
    const { syncd, env } = this.place;
    const before = objectsOf(this.open()).length;
    const { signal, stderr } = await syncd.cli(['sync', 'ahost'], {
      env: { ...env, BACKUP_SYNCD_KILL_AT: step },
    });
    const said = withoutProgress(stderr);
    expect({ step, signal, said }).toEqual({ step, signal: 'SIGKILL', said: '' });
    await this.examine(before, `at ${step}`);
  }

  /** All that is visible is whole, and no name stands for other bytes; nothing was repaired since. */
  async examine(before: number, when: string): Promise<void> {
    this.examined += 1;
    const replica = this.open();
    const objects = objectsOf(replica);
    if (objects.length > before && objects.length < objectsOf(this.source).length) {
      this.partial += 1;
    }
    expect({ when, wrong: wrongObjects(replica) }).toEqual({ when, wrong: [] });
    const { ok, output } = await checkReplica(replica, this.place.generation);
    if (ok) return;
    const isRepository = objects.includes('config') && objects.some((o) => o.startsWith('keys/'));
    const visible = visibleSnapshots(replica);
    expect({ when, output, isRepository, visible }).toEqual({
      when,
      output: expect.stringMatching(/unable to open config|no key|does not exist/i),
      isRepository: false,
      visible: [],
    });
  }

  /** A pass that nobody disturbs: all is there, and nothing else. */
  async converge(): Promise<void> {
    const { syncd, directory, env = {}, generation } = this.place;
    const { code, stderr } = await syncd.sync(['ahost'], { env });
    expect({ code, said: withoutProgress(stderr) }).toEqual({ code: 0, said: '' });
    const replica = this.open();
    expect(objectsOf(replica)).toEqual(objectsOf(this.source));
    expect(foreignFiles(replica)).toEqual([]);
    expect(wrongObjects(replica)).toEqual([]);
    expect(temporaryFiles(directory)).toEqual([]);
    expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
  }

  private copy(objects: readonly string[]): void {
    for (const object of objects) {
      const file = join(this.place.directory, object);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      copyFileSync(join(this.source, object), file);
    }
  }
}

/** Of a pass that was killed after all had its name, empty directories may be left. */
function temporaryFiles(directory: string): string[] {
  const temporary = join(directory, '.backup-syncd', 'tmp');
  if (!existsSync(temporary)) return [];
  return readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}
