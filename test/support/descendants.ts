import { readdirSync, readFileSync } from 'node:fs';
import { onCleanUp } from './clean-up.ts';

/** The children of a process, and theirs, and so on, as they are now. */
export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

/** The children of a process, whichever thread started them; none when it has ended. */
export function childrenOf(pid: number): number[] {
  return read(() => readdirSync(`/proc/${pid}/task`)).flatMap((thread) =>
    read(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
      .filter((text) => text !== '')
      .map(Number),
  );
}

/** Program and arguments of a process; empty when it has ended. */
export function commandLineOf(pid: number): string {
  const [line = ''] = read(() => [readFileSync(`/proc/${pid}/cmdline`, 'utf8')]);
  return line.replaceAll('\0', ' ');
}

/** Gathers what can be read in the list of processes of a process and all that descend from it, as often as possible. */
export function watchCommandLines(pid: number): ReadonlySet<string> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const each of [pid, ...descendantsOf(pid)]) {
      const line = commandLineOf(each);
      if (line !== '') seen.add(line);
    }
  }, 2);
  onCleanUp(() => clearInterval(timer));
  return seen;
}

function read<T>(question: () => T[]): T[] {
  try {
    return question();
  } catch {
    return []; // it has ended
  }
}
