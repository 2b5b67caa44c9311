/**
 * A child of the tests: takes a lock and says so, or says who holds it. Arguments: directory, base, `keep` or `end`, and the user to
 * become first, as commands of root do.
 */
import { actAs } from '../../../src/cli/act-as-owner.ts';
import { acquireLock, LockedError } from '../../../src/state/lock.ts';

const [directory = '', base = '', then = 'end', uid] = process.argv.slice(2);
if (uid !== undefined) await actAs({ uid: Number(uid), gid: Number(uid) });
try {
  const lock = await acquireLock(directory, base);
  process.stdout.write(`held ${process.pid}\n`);
  if (then === 'keep') setInterval(() => undefined, 1_000);
  else {
    // longer than it takes all others to have tried
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await lock.release();
  }
} catch (error) {
  if (!(error instanceof LockedError)) throw error;
  process.stdout.write(`locked by ${error.pid}\n`);
}
