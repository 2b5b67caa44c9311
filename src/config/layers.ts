import type { Checked } from './check-file.ts';
import { problemAt } from './issues.ts';
import type { ClientFile } from './schema/client.ts';
import type { DaemonFile } from './schema/daemon.ts';
import type { ConfigProblem } from './types.ts';
import type { KeyPath } from './yaml-file.ts';

/** A client's file, and the defaults below it. */
export interface Layers {
  readonly name: string;
  readonly client: Checked<ClientFile>;
  readonly daemon: Checked<DaemonFile>;
}

/** A problem of a merged value, reported where the value was written: the client or the defaults. */
export function blame(layers: Layers, path: KeyPath, message: string): ConfigProblem {
  const own = layers.client.file;
  const inherited: KeyPath = ['defaults', ...path];
  const isOwn = own.locate(path.slice(0, path[0] === 'backends' ? 1 : undefined)) !== undefined;
  const isInherited = !isOwn && layers.daemon.file.locate(inherited) !== undefined;
  return isInherited
    ? problemAt(layers.daemon.file, inherited, message)
    : problemAt(own, path, message);
}
