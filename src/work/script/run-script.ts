import { join } from 'node:path';
import type { OwnFiles } from '../../files/own-files.ts';
import type { Log } from '../../log/log.ts';
import type { ChildResult } from '../../process/run-child.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { ownFilesHint } from '../../runtime/own-files-hint.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import type { MarkerOwner } from '../../backends/marker.ts';
import type { Changes } from './changes.ts';
import { describeEnd, runProgram, type Command } from './run-program.ts';

export interface Script {
  /** by its absolute path, and its arguments */
  readonly command: Command;
  /** milliseconds */
  readonly deadlineMs: number;
  /** where its lists are written */
  readonly directory: string;
  readonly files: OwnFiles;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

export interface RunOptions {
  readonly owner: MarkerOwner;
  /** the repository, as its configuration calls it */
  readonly source: string;
  readonly changes: Changes;
  /** called while it writes, about once a second */
  readonly onOutput: () => void;
  readonly signal: AbortSignal;
}

/** Runs a script to its end. Rejects with reason `tool` unless it exits with 0, or with an AbortError. */
export async function runScript(script: Script, options: RunOptions): Promise<void> {
  const { signal } = options;
  throwIfAborted(signal);
  const files = await writeLists(script, options.changes);
  const { command, log, env, deadlineMs } = script;
  const result = await runProgram({
    command,
    log,
    env,
    deadlineMs,
    signal,
    onOutput: options.onOutput,
    variables: variables(options, files),
    input: `${JSON.stringify(describe(options))}\n`,
  });
  if (result.exitCode !== 0) throw failed(script, options.owner, result);
}

/** Each run replaces the lists, so that only the last ones remain. */
async function writeLists({ directory, files }: Script, { added, removed }: Changes) {
  const paths = { added: join(directory, 'added'), removed: join(directory, 'removed') };
  try {
    await files.call('makeDirectory', { path: directory });
    await files.call('write', { path: paths.added, content: lines(added) });
    await files.call('write', { path: paths.removed, content: lines(removed) });
  } catch (error) {
    const message = `cannot write the lists for a script to ${directory}: ${errorMessage(error)}`;
    const hint = ownFilesHint(error, directory);
    throw new SyncdError('tool', message, hint, error);
  }
  return paths;
}

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join('');
}

function variables(
  { owner, source }: RunOptions,
  files: { readonly added: string; readonly removed: string },
): Record<string, string> {
  return {
    BACKUP_SYNCD_CLIENT: owner.client,
    BACKUP_SYNCD_SOURCE: source,
    BACKUP_SYNCD_BACKEND: owner.backend,
    BACKUP_SYNCD_ADDED_FILE: files.added,
    BACKUP_SYNCD_REMOVED_FILE: files.removed,
  };
}

/** The document on standard input: the same as in the environment and the lists. */
function describe({ owner, source, changes }: RunOptions) {
  const { client, backend } = owner;
  const { added, removed } = changes;
  return { schemaVersion: 1, client, source, backend, added, removed };
}

function failed(
  { command: [program], deadlineMs }: Script,
  { client, backend }: MarkerOwner,
  result: ChildResult,
): SyncdError {
  const message = `${program} ${describeEnd(result, deadlineMs)}`;
  if (result.isSilent) {
    const hint = `find out what it waits for, or raise deadline of backend ${backend}`;
    return new SyncdError('tool', message, hint);
  }
  return new SyncdError(
    'tool',
    message,
    `it runs again, with everything that came and went since its last success; ${outputHint({ client, backend })}`,
  );
}

/** A hint that says where to find the output of the operator's program. By default, a sync without a daemon logs only warnings. */
export function outputHint({ client, backend }: Pick<MarkerOwner, 'client' | 'backend'>): string {
  return `its output is in the log of the daemon, with client ${client} and backend ${backend}; without a daemon, to see it, run: backup-syncd --log-level info sync ${client} --backend ${backend}`;
}
