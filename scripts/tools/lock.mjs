import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const maxAgeMs = 30 * 60_000;

/**
 * Runs `action` while no other process runs one under the same lock file. The lock of a dead process is taken
 * over; should two ever take it over at once, the work is done twice, and the last rename decides.
 */
export async function withLock(file, action) {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryLock(file)) await sleep(250);
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

function isHeld(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > maxAgeMs) return false;
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid === 0) return true; // just being written
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
