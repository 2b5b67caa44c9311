import type { CallOptions } from '../location.ts';
import type { FileCalls } from './io/file-calls.ts';

/** Identity and time of change of directories below the root of a place; null for what is not there or is no directory. */
export async function stampsOf(
  calls: FileCalls,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<(string | null)[]> {
  const args = { root: calls.root, paths: paths.join('\n') };
  const stamps = await calls.ask('stamps', args, { signal });
  return stamps.split('\n').map((stamp) => (stamp === '' ? null : stamp));
}
