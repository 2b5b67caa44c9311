import { checkOwnDirectories } from '../config/check-own-directories.ts';
import { checkPlaces, pathsOf } from '../config/check-places.ts';
import { probePath, type Probe } from '../config/probe.ts';
import type { ConfigProblem, WithOrigins } from '../config/types.ts';
import { ANSWER_MS, findHung } from '../process/find-hung.ts';
import type { Context } from './context.ts';

/**
 * Checks a configuration against the file system, and says which paths do not respond. Child processes check all places first: a hung place would block a thread of
 * this process, which could then not exit with its own code.
 *
 * @param options `ignoresRights`: missing permissions of this process are not a problem, because the daemon has another user;
 * `triesOwn`: tests what the daemon's own directories support
 */
export async function checkPlacesSafely(
  { signals }: Context,
  written: WithOrigins,
  { ignoresRights = false, triesOwn = false } = {},
): Promise<{ problems: ConfigProblem[]; hung: ReadonlySet<string> }> {
  const options = { timeoutMs: ANSWER_MS, signal: signals.stop };
  const hung = new Set(await findHung(pathsOf(written.config), options));
  const places = await checkPlaces(written, {
    ignoresRights,
    probe: async (path) => {
      if (hung.has(path)) return { found: 'hangs' };
      const found = await probePath(path);
      return ignoresRights ? withoutRights(path, found) : found;
    },
  });
  const own = triesOwn ? await checkOwnDirectories(written, (path) => !hung.has(path)) : [];
  return { problems: [...places, ...own], hung };
}

/** Drops permission problems, because the permissions of the daemon's user are unknown. */
function withoutRights(path: string, found: Probe): Probe {
  if (found.found === 'refused') return { found: 'directory', real: path, denied: '' };
  return 'denied' in found ? { ...found, denied: '' } : found;
}
