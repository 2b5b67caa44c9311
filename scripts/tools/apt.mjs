// Debian packages of any suite without installing them: apt with lists of its own, then `dpkg -x` into a folder.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { toolsDirectory } from './paths.mjs';
import { run } from './run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const listsMaxAgeMs = 12 * 3_600_000;
const updates = new Map();

/** Unpacks the packages of a suite (bookworm, sid) below `directory`. */
export async function unpackDebianPackages({ suite, packages, directory }) {
  const options = await updatedLists(suite);
  const downloads = join(directory, '.downloads');
  mkdirSync(downloads, { recursive: true });
  await run('apt-get', [...options, 'download', ...packages], { cwd: downloads });
  for (const file of readdirSync(downloads)) {
    await run('dpkg', ['-x', join(downloads, file), directory]);
  }
  return downloads;
}

/** The options that make apt use this suite and its own state; the lists are fetched once per process. */
function updatedLists(suite) {
  if (!updates.has(suite)) updates.set(suite, updateLists(suite));
  return updates.get(suite);
}

async function updateLists(suite) {
  const state = join(toolsDirectory(), 'apt', suite);
  const stamp = join(state, 'updated');
  const options = [
    ...['-q', '-o', `Dir::Etc::sourcelist=${state}/sources.list`],
    ...['-o', 'Dir::Etc::sourceparts=/dev/null', '-o', 'Acquire::Languages=none'],
    ...['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}/cache`],
    ...['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3'],
  ];
  await withLock(join(toolsDirectory(), `apt-${suite}.lock`), async () => {
    if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < listsMaxAgeMs) return;
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    const source = `deb [signed-by=${keyring}] ${findMirror()} ${suite} main\n`;
    writeFileSync(join(state, 'sources.list'), source);
    await run('apt-get', [...options, 'update']);
    writeFileSync(stamp, '');
  });
  return options;
}

/** The mirror that this system's apt uses for Debian itself. */
export function findMirror() {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  for (const file of ['/etc/apt/sources.list', ...files.sort()].filter((name) =>
    existsSync(name),
  )) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (!/^(URIs:|deb )/.test(line)) continue;
      const [url] = /https?:\/\/\S+\/debian\/?(?=\s|$)/.exec(line) ?? [];
      if (url !== undefined) return url;
    }
  }
  throw new Error("needs Debian: no Debian mirror in apt's sources");
}
