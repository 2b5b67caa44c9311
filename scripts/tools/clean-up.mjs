// Ends what a test run has left behind: its processes, told by a variable in their environment, the mounts below
// its directory, and the directory.
//   node scripts/tools/clean-up.mjs NAME=VALUE DIRECTORY
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Returns what had to be ended, in words. Safe to call twice. */
export function cleanUp(marker, directory) {
  const found = [];
  const own = ancestors();
  for (const pid of markedProcesses(marker).filter((pid) => !own.has(pid))) {
    found.push(`process ${pid}: ${readProc(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 100)}`);
    for (const signal of ['SIGKILL', 'SIGCONT']) kill(pid, signal);
  }
  for (const path of mountsBelow(directory)) {
    found.push(`mount ${path}`);
    spawnSync('umount', ['-l', path], { stdio: 'ignore' });
  }
  // Never walk into something that is still mounted.
  if (mountsBelow(directory).length === 0) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
  return found;
}

function markedProcesses(marker) {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProc(name, 'environ').split('\0').includes(marker))
    .map(Number);
}

function ancestors() {
  const pids = new Set([process.pid]);
  let pid = process.ppid;
  while (pid > 1 && !pids.has(pid)) {
    pids.add(pid);
    pid = Number(/^PPid:\s*(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
  }
  return pids;
}

function mountsBelow(directory) {
  if (!existsSync('/proc/self/mounts')) return [];
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1]?.replaceAll('\\040', ' ') ?? '')
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [marker, directory] = process.argv.slice(2);
  if (!marker?.includes('=') || !directory)
    throw new Error('usage: clean-up.mjs NAME=VALUE DIRECTORY');
  for (const line of cleanUp(marker, directory)) console.log(`clean-up: ended ${line}`);
}
