import { join } from 'node:path';
import type { OwnFiles } from '../files/own-files.ts';
import { errorCode } from '../runtime/system-error.ts';
import { CLIENT_FOLDER, DAEMON_FILE } from './parse.ts';
import type { DiscoveryFacts } from './discover/facts.ts';
import type { ConfigFile, ConfigProblem } from './types.ts';

const MAX_BYTES = 2 ** 20;

export interface ReadResult {
  readonly files: readonly ConfigFile[];
  readonly problems: readonly ConfigProblem[];
  /** the directory exists, but contains no configuration */
  readonly isEmpty?: true;
  /** absent: no repository was searched for */
  readonly discovery?: DiscoveryFacts;
}

/**
 * Reads every file of the configuration; a file that cannot be read has its fault. `problems` are about the directories. Never throws.
 */
export async function readFiles(directory: string, own: OwnFiles): Promise<ReadResult> {
  const top = await listNames(directory, own);
  if ('problem' in top) return { files: [], problems: [describeStart(directory, top.problem)] };
  const hasClients = top.names.includes(CLIENT_FOLDER);
  const clients = hasClients ? await listNames(join(directory, CLIENT_FOLDER), own) : { names: [] };
  if (!hasClients && !top.names.includes(DAEMON_FILE)) {
    return {
      files: [],
      isEmpty: true,
      problems: [about(directory, `nothing is configured here; ${HOW_TO_BEGIN}`)],
    };
  }
  const problems = 'problem' in clients ? [about(CLIENT_FOLDER, clients.problem.message)] : [];
  const found = 'problem' in clients ? [] : clients.names.filter(isConfigFile).sort();
  const paths = [
    ...top.names.filter((name) => name === DAEMON_FILE),
    ...found.map((name) => `${CLIENT_FOLDER}/${name}`),
  ];
  return {
    files: await Promise.all(paths.map(async (path) => readOne(directory, path, own))),
    problems,
  };
}

const HOW_TO_BEGIN =
  'write to backup-syncd.yaml where replicas go (docs/configuration.md has examples), then add a client with "backup-syncd client add NAME --source PATH"';

/** Whether a file is not hidden, not an editor's leftover, and YAML by name (including `.yml`, which is reported). */
function isConfigFile(name: string): boolean {
  return !name.startsWith('.') && /\.ya?ml$/i.test(name);
}

type Listing = { names: string[] } | { problem: { code: string; message: string } };

async function listNames(path: string, own: OwnFiles): Promise<Listing> {
  try {
    return { names: await own.call('names', { path }) };
  } catch (error) {
    return { problem: { code: errorCode(error), message: explain(error, 'rx') } };
  }
}

function describeStart(directory: string, { code, message }: { code: string; message: string }) {
  if (code !== 'ENOENT') return about(directory, message);
  return about(
    directory,
    `there is no such directory; name another one with --config-dir, or create it: ${HOW_TO_BEGIN}`,
  );
}

async function readOne(directory: string, path: string, own: OwnFiles): Promise<ConfigFile> {
  const faulty = (fault: string): ConfigFile => ({ path, text: '', fault });
  if (!path.endsWith('.yaml')) {
    const right = path.replace(/\.ya?ml$/i, '.yaml');
    return faulty(`only files with names that end in .yaml are read; rename it to ${right}`);
  }
  try {
    const content = await own.call('read', { path: join(directory, path), maxBytes: MAX_BYTES });
    if (content === undefined) return faulty(explain({ code: 'ENOENT' }, 'r'));
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch (error) {
    return faulty(explain(error, 'r'));
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; if it is a symbolic link, correct its target',
  ENOTDIR: 'is not a directory; put a directory in its place',
  ELOOP: 'is a symbolic link that leads back to itself; correct its target',
  ENOTREG: 'is not a regular file; put a file in its place',
  EFBIG: 'is larger than 1 MiB: this is not a configuration file',
  ETIMEDOUT: 'does not respond; its file system seems to hang: check the mount',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text; save it as UTF-8',
};

function explain(error: unknown, mode: string): string {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') {
    const user = process.geteuid?.() ?? 'of this process';
    return `user ${user} may not read it; e.g. chown it to that user, or chmod o+${mode} it and the directories above`;
  }
  return EXPLANATIONS[code] ?? `cannot be read (${code === '' ? String(error) : code})`;
}

function about(file: string, message: string): ConfigProblem {
  return { file, line: 0, column: 0, key: '', message };
}
