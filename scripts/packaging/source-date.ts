import { execFileSync } from 'node:child_process';
import { projectDirectory } from './project-directory.ts';

/**
 * The date of what is built, in seconds since the epoch: SOURCE_DATE_EPOCH, or the time of the commit. So the same commit gives
 * the same bytes.
 */
export function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH'] ?? commitTime();
  if (/^\d+$/.test(given)) return Number(given);
  throw new Error(`SOURCE_DATE_EPOCH is "${given}", and must be a number of seconds`);
}

function commitTime(): string {
  try {
    const args = ['log', '-1', '--format=%ct'];
    return execFileSync('git', args, { cwd: projectDirectory, encoding: 'utf8' }).trim();
  } catch (error) {
    throw new Error(
      'the time of the commit is unknown; outside of a clone, set SOURCE_DATE_EPOCH',
      {
        cause: error,
      },
    );
  }
}
