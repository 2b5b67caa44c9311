import type { TransferBatch } from './directory/transfer-batch.ts';
import { copyingFrom } from './directory/copy-batch.ts';
import { fetchingFrom } from './directory/fetch-batch.ts';
import type { FileSource, Location, RemoteSource } from './location.ts';
import { originOfFiles, originOfRemote, type Origin } from './rclone/origin.ts';

/** What a target of each kind needs to receive objects from a source. */
interface Needs {
  readonly directory: TransferBatch;
  readonly rclone: Origin;
}

/** What a source of each kind can do for that. */
interface Sources {
  readonly directory: FileSource;
  readonly rclone: RemoteSource;
}

/** How objects get from one place to another: by kind of the source, then of the target. */
const ROUTES: {
  readonly [S in keyof Sources]: { readonly [T in keyof Needs]: (source: Sources[S]) => Needs[T] };
} = {
  directory: { directory: copyingFrom, rclone: originOfFiles },
  rclone: { directory: fetchingFrom, rclone: originOfRemote },
};

/** What a target needs to receive objects from this source. */
export function routeTo<T extends keyof Needs>(target: T, source: Location): Needs[T] {
  const routes: Readonly<Record<string, { readonly [K in T]: (source: never) => Needs[K] }>> =
    ROUTES;
  const route = routes[source.kind]?.[target];
  if (route === undefined) throw new Error(`no way from ${source.label} to a ${target}`);
  return route(source as never);
}
