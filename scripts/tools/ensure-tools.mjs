import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { catalog } from './catalog.mjs';
import { withLock } from './lock.mjs';
import { toolsDirectory } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Brings what is missing into the tools directory, leaving the system as it is. Each tool ends in a directory
 * `ID/` that appears complete or not at all, with a `tool.json` (id, version, binary, libraryPath, key); when it
 * cannot be had, `ID.missing` holds the reason. Never throws for a tool.
 *
 * @param {{ only?: string[], log?: (line: string) => void, forSoak?: boolean }} options `forSoak`: also what only the soak uses
 * @returns {Promise<{ id: string, version?: string, path?: string, reason?: string }[]>}
 */
export async function ensureTools({ only, log = console.log, forSoak = false } = {}) {
  const ids = only === undefined ? toolsOf({ forSoak }) : selectTools(only);
  return Promise.all(ids.map((id) => ensureTool(id, catalog.get(id), log)));
}

function toolsOf({ forSoak }) {
  return [...catalog].filter(([, entry]) => forSoak || !entry.isForSoak).map(([id]) => id);
}

/** Ids named in full or by their last part: `restic` is both generations. */
export function selectTools(names) {
  const ids = [...catalog.keys()];
  return names.flatMap((name) => {
    const found = ids.filter((id) => id === name || id.split('/').includes(name));
    if (found.length === 0) throw new Error(`no such tool: ${name} (known: ${ids.join(', ')})`);
    return found;
  });
}

async function ensureTool(id, entry, log) {
  const directory = join(toolsDirectory(), id);
  const reasonFile = `${directory}.missing`;
  const present = readTool(directory, entry);
  if (present !== undefined) return present;
  try {
    return await withLock(`${directory}.lock`, async () => {
      const byAnother = readTool(directory, entry);
      if (byAnother !== undefined) return byAnother;
      log(`tools: ${id}: fetching`);
      const started = Date.now();
      const tool = await install(id, entry, directory);
      rmSync(reasonFile, { force: true });
      log(`tools: ${id}: ${tool.version} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      return tool;
    });
  } catch (error) {
    log(`tools: ${id}: CANNOT BE HAD: ${error.message}`);
    mkdirSync(dirname(directory), { recursive: true });
    writeFileSync(reasonFile, `${error.message}\n`);
    return { id, reason: error.message };
  }
}

function readTool(directory, entry) {
  const file = join(directory, 'tool.json');
  if (!existsSync(file)) return undefined;
  const { id, version, binary, key } = JSON.parse(readFileSync(file, 'utf8'));
  if (key !== entry.key || !existsSync(join(directory, binary))) return undefined;
  return { id, version, path: join(directory, binary) };
}

async function install(id, entry, directory) {
  mkdirSync(dirname(directory), { recursive: true });
  let failure;
  for (const suite of entry.suites ?? ['']) {
    const temporary = mkdtempSync(`${directory}.new-`);
    try {
      await entry.install(temporary, suite);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
    try {
      return await publish(id, entry, { temporary, directory });
    } catch (error) {
      failure = error; // it is there but does not run here: perhaps an older suite's does
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  throw failure;
}

async function publish(id, entry, { temporary, directory }) {
  const answer = await askVersion(entry, temporary);
  const version = entry.version ?? /\d+\.\d+[\w.+~-]*/.exec(answer)?.[0] ?? 'unknown';
  const { binary, libraryPath, key } = entry;
  const description = JSON.stringify({ id, version, binary, libraryPath, key }, undefined, 2);
  writeFileSync(join(temporary, 'tool.json'), `${description}\n`);
  rmSync(directory, { recursive: true, force: true });
  renameSync(temporary, directory);
  return { id, version, path: join(directory, binary) };
}

/** A library has no version to print; everything else must run here. */
async function askVersion({ binary, versionArgs, libraryPath }, directory) {
  if (versionArgs === undefined) return '';
  return run(join(directory, binary), versionArgs, {
    env: libraryEnvironment(directory, libraryPath),
    timeoutMs: 60_000,
  });
}

function libraryEnvironment(directory, libraryPath) {
  if (libraryPath === undefined) return {};
  return { LD_LIBRARY_PATH: libraryPath.map((folder) => join(directory, folder)).join(':') };
}
