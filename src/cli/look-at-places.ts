import { checkPlaces, pathsOf } from '../config/check-places.ts';
import { probePath } from '../config/probe.ts';
import type { Config, ConfigProblem } from '../config/types.ts';
import { findHung } from '../process/find-hung.ts';
import type { Context } from './context.ts';

/** How long a place may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;

/**
 * Holds a configuration against the file system. Child processes look at all places first: a place that hangs would hold a thread
 * of this process, which could then not end with an exit code of its own.
 */
export async function lookAtPlaces({ signals }: Context, config: Config): Promise<ConfigProblem[]> {
  const options = { timeoutMs: ANSWER_MS, signal: signals.stop };
  const hung = new Set(await findHung(pathsOf(config), options));
  return checkPlaces(config, {
    probe: async (path) => (hung.has(path) ? { kind: 'hangs' } : probePath(path)),
  });
}
