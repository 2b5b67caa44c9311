import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Lane } from './lane.ts';
import { replicaOnDisk, replicaThroughRclone, type LaneReplica } from './lane-replica.ts';
import type { LaneSource } from './lane-source.ts';
import { RcloneControl } from './rclone-control.ts';
import type { Kind, Remote } from './rclone-kinds.ts';
import { writeRcloneConfig } from './rclone.ts';
import { Syncd } from './syncd.ts';
import { temporaryDirectory } from './temp.ts';
import { pathWith, type Generation } from './tools.ts';

export type RcloneLane = Lane & {
  /** `NAME:path`, which no other lane has. */
  readonly remote: string;
  readonly rcloneConfig: string;
};

export type RcloneLaneOptions = {
  readonly kind: Kind;
  readonly generation: Generation;
  readonly source: LaneSource;
  /** More keys of the backend. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** By default the rclone of the generation is on the PATH. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A lane whose replica is at an rclone remote. */
export async function makeRcloneLane(options: RcloneLaneOptions): Promise<RcloneLane> {
  const { kind, generation, source, keys } = options;
  const folder = `lane${randomBytes(4).toString('hex')}`;
  const started = await kind.start();
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), started.config);
  const remote = `${started.base}${folder}`;
  const env = options.env ?? { PATH: pathWith(generation) };
  const syncd = new Syncd();
  const backend = { rclone: remote, rcloneConfig, ...keys };
  syncd.writeClient('ahost', { source: source.path, backends: [], remotes: { far: backend } });
  await syncd.init('far', 'ahost', [], { env });
  const replica = await replicaAt(started, { folder, rcloneConfig });
  return Object.assign(new Lane(source, { generation, syncd, replica, env }), {
    remote,
    rcloneConfig,
  });
}

async function replicaAt(
  { view, refresh }: Remote,
  at: { readonly folder: string; readonly rcloneConfig: string },
): Promise<LaneReplica> {
  if ('directory' in view) return replicaOnDisk(join(view.directory, at.folder), refresh);
  const rclone = await RcloneControl.start(at.rcloneConfig);
  return replicaThroughRclone(rclone, `${view.remote}${at.folder}`);
}
