import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { startDaemon } from './cli.ts';
import type { RigReplica } from './rig-replica.ts';
import type { RigSource } from './rig-source.ts';
import type { RunningProcess } from './process.ts';
import {
  checkReplica,
  foreignFiles,
  objectsOf,
  visibleSnapshots,
  wrongObjects,
} from './replica.ts';
import { withoutProgress, type Syncd } from './syncd.ts';
import type { Generation } from './tools.ts';

/** Where the replica of a rig is, and a way around the program to it. */
export type RigPlace = {
  readonly generation: Generation;
  /** Has a client `ahost` with this one backend, which was made. */
  readonly syncd: Syncd;
  readonly replica: RigReplica;
  readonly env?: Readonly<Record<string, string>>;
};

/** A source, and a replica that can be set back to how it was at any snapshot. */
export class ReplicaRig {
  readonly place: RigPlace;
  readonly source: RigSource;
  /** how often it was checked after a disturbance */
  examined = 0;
  /** objects of the replica when it was last checked, or reset */
  present = 0;
  /** those that left the replica with some of what was to be sent */
  partial = 0;

  constructor(source: RigSource, place: RigPlace) {
    this.source = source;
    this.place = place;
  }

  get isComplete(): boolean {
    return this.present === this.source.objects().length;
  }

  /** Makes the replica what it was when the source had its first so many snapshots; 0 is a fresh backend. */
  async setBack(stage: number): Promise<void> {
    const { syncd, replica } = this.place;
    syncd.forgetState();
    const objects = this.source.stages[stage] ?? [];
    await replica.reset(this.source.path, objects);
    this.present = objects.length;
  }

  /** `sync ahost`, which goes on while the test does something else. */
  start(): RunningProcess {
    const { syncd, env } = this.place;
    return startDaemon(['sync', 'ahost'], { env: syncd.environment(env) });
  }

  async killAtStep(step: string): Promise<void> {
    const { syncd, env } = this.place;
    const { signal, stderr } = await syncd.cli(['sync', 'ahost'], {
      env: { ...env, BACKUP_SYNCD_KILL_AT: step },
    });
    const said = withoutProgress(stderr);
    expect({ step, signal, said }).toEqual({ step, signal: 'SIGKILL', said: '' });
    await this.examine(`at ${step}`);
  }

  /** Visible snapshots are intact, and no name stands for other bytes; nothing was repaired since. */
  async examine(when: string): Promise<void> {
    this.examined += 1;
    const { replica: place, generation } = this.place;
    const replica = await place.open();
    const objects = objectsOf(replica);
    const isMore = objects.length > this.present;
    this.present = objects.length;
    if (isMore && !this.isComplete) this.partial += 1;
    expect({ when, wrong: wrongObjects(replica) }).toEqual({ when, wrong: [] });
    const { ok, output } = await checkReplica(replica, generation);
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

  /** An undisturbed pass: everything is there, and nothing else. */
  async converge(): Promise<void> {
    const { syncd, replica: place, env = {}, generation } = this.place;
    const { code, stderr } = await syncd.sync(['ahost'], { env });
    expect({ code, said: withoutProgress(stderr) }).toEqual({ code: 0, said: '' });
    const replica = await place.open();
    const objects = objectsOf(replica);
    expect(objects).toEqual(this.source.objects());
    this.present = objects.length;
    expect(foreignFiles(replica)).toEqual([]);
    expect(wrongObjects(replica)).toEqual([]);
    expect(temporaryFiles(replica)).toEqual([]);
    expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
  }
}

/** The temporary files in a replica. A pass that was killed after everything had its name may leave empty directories. */
function temporaryFiles(replica: string): string[] {
  const temporary = join(replica, '.backup-syncd', 'tmp');
  if (!existsSync(temporary)) return [];
  return readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}
