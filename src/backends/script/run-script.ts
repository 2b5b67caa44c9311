import { join } from 'node:path';
import type { OwnFiles } from '../../files/own-files.ts';
import type { Log } from '../../log/log.ts';
import { startChild, startFailure, type ChildResult } from '../../process/run-child.ts';
import { allowedEnvironment } from '../../process/run-tool.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { ownFilesHint } from '../../runtime/own-files-hint.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import { formatDuration } from '../../runtime/units.ts';
import type { MarkerOwner } from '../marker.ts';
import type { Changes } from './changes.ts';
import { OutputLogger } from './output-logger.ts';

export interface Script {
  /** by its absolute path, and its arguments */
  readonly command: readonly [program: string, ...args: string[]];
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
  const logger = new OutputLogger(script.log, options.onOutput);
  const [program, ...args] = script.command;
  const child = await startChild(program, args, {
    ...{ signal, silenceMs: script.deadlineMs, isForeign: true },
    env: { ...allowedEnvironment(script.env), ...variables(options, files) },
    input: `${JSON.stringify(describe(options))}\n`,
    onStdout: (chunk) => logger.push('stdout', chunk),
    onStderr: (chunk) => logger.push('stderr', chunk),
  });
  const result = await child.ended;
  logger.end();
  throwIfAborted(signal);
  const obstacle = startFailure(program, result);
  if (obstacle !== undefined) throw obstacle;
  if (result.exitCode !== 0) throw failed(script, options.owner, result);
}

/** Replaced by each run, so that nothing is left behind but the last ones. */
async function writeLists({ directory, files }: Script, { added, removed }: Changes) {
  const paths = { added: join(directory, 'added'), removed: join(directory, 'removed') };
  try {
    await files.call('makeDirectory', { path: directory });
    await files.call('write', { path: paths.added, content: lines(added) });
    await files.call('write', { path: paths.removed, content: lines(removed) });
  } catch (error) {
    const message = `cannot write the lists for a script to ${directory}: ${errorMessage(error)}`;
    const hint = ownFilesHint(error, directory);
    throw new SyncdError('tool', message, { hint, cause: error });
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
  { exitCode, isSilent }: ChildResult,
): SyncdError {
  if (isSilent) {
    return new SyncdError(
      'tool',
      `${program} did not end within ${formatDuration(deadlineMs)}, and was ended`,
      { hint: `find out what it waits for, or raise deadline of backend ${backend}` },
    );
  }
  const how = exitCode === undefined ? 'was ended by a signal' : `exited with ${exitCode}`;
  return new SyncdError('tool', `${program} ${how}${MEANING[exitCode ?? 0] ?? ''}`, {
    hint: `what it wrote is in the log, with client ${client} and backend ${backend}; it is run again, with all that came and went since its last success`,
  });
}

export const MEANING: Readonly<Record<number, string>> = {
  126: ': it, or a program that it calls, is not executable',
  127: ': it, or a program that it calls, is not there',
};
