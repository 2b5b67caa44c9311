/**
 * A child of the tests: takes a lock, says so and keeps it, or says who holds it. Arguments: directory, base, and the user to become
 * first, as commands of root do.
 */
import { actAs } from '../../../src/cli/act-as-owner.ts';
import { acquireLock, LockedError } from '../../../src/state/lock.ts';

async function main(): Promise<void> {
  const [directory = '', base = '', uid] = process.argv.slice(2);
  if (uid !== undefined) await actAs({ uid: Number(uid), gid: Number(uid) });
  try {
    await acquireLock(directory, base);
    process.stdout.write(`held ${process.pid}\n`);
    setInterval(() => undefined, 1_000);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    process.stdout.write(`locked by ${error.pid}\n`);
  }
}

void main();
