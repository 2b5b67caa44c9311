import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ReplicaRig } from './replica-rig.ts';
import { replicaOnDisk, replicaThroughRclone, type RigReplica } from './rig-replica.ts';
import type { RigSource } from './rig-source.ts';
import { RcloneControl } from './rclone-control.ts';
import type { Kind, Remote } from './rclone-kinds.ts';
import { writeRcloneConfig } from './rclone.ts';
import { Syncd } from './syncd.ts';
import { temporaryDirectory } from './temp.ts';
import { pathWith, type Generation } from './tools.ts';

export type RcloneRig = ReplicaRig & {
  /** `NAME:path`, which no other rig has. */
  readonly remote: string;
  readonly rcloneConfig: string;
};

export type RcloneRigOptions = {
  readonly kind: Kind;
  readonly generation: Generation;
  readonly source: RigSource;
  /** More keys of the backend. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** By default the rclone of the generation is on the PATH. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A rig whose replica is at an rclone remote. */
export async function makeRcloneRig(options: RcloneRigOptions): Promise<RcloneRig> {
  const { kind, generation, source, keys } = options;
  const folder = `rig${randomBytes(4).toString('hex')}`;
  const started = await kind.start();
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), started.config);
  const remote = `${started.base}${folder}`;
  const env = options.env ?? { PATH: pathWith(generation) };
  const syncd = new Syncd();
  const backend = { rclone: remote, rcloneConfig, ...keys };
  syncd.writeClient('ahost', { source: source.path, backends: [], remotes: { far: backend } });
  await syncd.init('far', 'ahost', [], { env });
  const replica = await replicaAt(started, { folder, rcloneConfig });
  return Object.assign(new ReplicaRig(source, { generation, syncd, replica, env }), {
    remote,
    rcloneConfig,
  });
}

async function replicaAt(
  { view, refresh }: Remote,
  at: { readonly folder: string; readonly rcloneConfig: string },
): Promise<RigReplica> {
  if ('directory' in view) return replicaOnDisk(join(view.directory, at.folder), refresh);
  const rclone = await RcloneControl.start(at.rcloneConfig);
  return replicaThroughRclone(rclone, `${view.remote}${at.folder}`);
}
