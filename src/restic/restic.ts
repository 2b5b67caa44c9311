import { startChild, startFailure } from '../process/run-child.ts';
import { allowedEnvironment } from '../process/run-tool.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import { LineSplitter } from '../runtime/line-splitter.ts';
import { formatDuration } from '../runtime/units.ts';
import { classifyFailure, errorCount, messageOf, missingObject, ONLY_ROOT } from './classify.ts';
import { parseListed, type ResticEntry, type ResticSnapshot } from './entries.ts';
import { hintOf, ResticError } from './errors.ts';
import { passwordVariables, type PasswordSource, type PasswordVariables } from './password.ts';
import type { ResticPlace } from './repository.ts';
import { LONGEST_SNAPSHOT, SnapshotList } from './snapshot-list.ts';

export interface ResticOptions {
  readonly place: ResticPlace;
  readonly password: PasswordSource;
  /** of this process; restic gets an allow-listed part of it */
  readonly env: NodeJS.ProcessEnv;
  /** a directory for this place alone, because data of another place must not stand for this one's. Absent: no cache */
  readonly cacheDirectory?: string;
}

export interface CallOptions {
  /** of the whole call, in milliseconds */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

interface Restore extends CallOptions {
  /** a directory that restic fills */
  readonly target: string;
  /** patterns, see `escapePattern`; empty: everything */
  readonly include: readonly string[];
}

/** Receives the output of restic. */
interface Output {
  readonly push: (chunk: Buffer) => void;
  /** called if restic ended by itself */
  readonly end: () => void;
}

/** The longest line of standard error, in bytes. */
const LONGEST_LINE = 1024 * 1024;
/** How many lines of standard error are kept: the first ones show the cause. */
const MAX_ERRORS = 50;
/** After this many misses, an object counts as gone. restic before 0.17 asks ten times, for a minute. */
const MISSED = 3;

/**
 * Reads a repository with restic, one process per call. Writes nothing there, not even a lock (I12). Each call rejects with a
 * `ResticError`, or with an AbortError.
 */
export class Restic {
  private readonly options: ResticOptions;
  /** asked for once: a program may take long, or need a person */
  private password: PasswordVariables | undefined;

  constructor(options: ResticOptions) {
    this.options = options;
  }

  /** Reads all snapshots as a stream, in the order of restic, which leaves out those that it cannot decrypt. */
  async eachSnapshot(
    onSnapshot: (snapshot: ResticSnapshot) => void,
    options: CallOptions,
  ): Promise<void> {
    const list = new SnapshotList(onSnapshot);
    const output = { push: (chunk: Buffer) => list.push(chunk), end: () => undefined };
    await this.run(['snapshots', '--json'], options, output);
    try {
      list.end();
    } catch (error) {
      throw this.unreadable('snapshots', error);
    }
  }

  /** Reads the whole list of a snapshot as a stream, and returns the snapshot. */
  async list(
    id: string,
    onEntry: (entry: ResticEntry) => void,
    options: CallOptions,
  ): Promise<ResticSnapshot> {
    let snapshot: ResticSnapshot | undefined;
    const lines = new LineSplitter((line) => {
      const listed = parseListed(line);
      if (listed === undefined) return;
      if ('entry' in listed) onEntry(listed.entry);
      else snapshot ??= listed.snapshot;
    }, LONGEST_SNAPSHOT);
    await this.run(['ls', '--json', id], options, lines);
    if (lines.fault !== undefined) throw this.unreadable('ls', lines.fault);
    if (snapshot?.id === id) return snapshot;
    throw new ResticError('no_snapshot', `snapshot ${id} is not in ${this.options.place.label}`);
  }

  /** Restores a snapshot, or some of it. */
  async restore(id: string, { target, include, ...options }: Restore): Promise<void> {
    const patterns = include.flatMap((pattern) => ['--include', pattern]);
    const nothing = { push: () => undefined, end: () => undefined };
    await this.run(['restore', id, '--target', target, ...patterns], options, nothing);
  }

  private async run(args: readonly string[], options: CallOptions, output: Output): Promise<void> {
    const { signal, deadlineMs } = options;
    throwIfAborted(signal);
    const env = await this.environment(signal);
    const missed = new AbortController();
    const errors = new Errors(() => missed.abort());
    const err = new LineSplitter((line) => errors.add(line), LONGEST_LINE);
    const child = await startChild('restic', [...args, ...this.common()], {
      env,
      silenceMs: deadlineMs,
      signal: AbortSignal.any([signal, missed.signal]),
      onStdout: (chunk) => output.push(chunk),
      onStderr: (chunk) => err.push(chunk),
    });
    const ended = await child.ended;
    throwIfAborted(signal);
    const obstacle = startFailure('restic', ended);
    if (obstacle !== undefined) throw obstacle;
    output.end();
    err.end();
    const [verb = ''] = args;
    if (ended.isSilent) throw this.late(verb, deadlineMs);
    if (ended.exitCode !== 0) throw this.failed(verb, ended.exitCode, errors);
  }

  private common(): string[] {
    const { place, cacheDirectory } = this.options;
    const cache =
      cacheDirectory === undefined
        ? ['--no-cache']
        : ['--cache-dir', cacheDirectory, '--cleanup-cache'];
    return ['--repo', place.repository, '--no-lock', ...cache];
  }

  private async environment(signal: AbortSignal): Promise<Record<string, string>> {
    const { place, password, env } = this.options;
    this.password ??= await passwordVariables(password, { env, signal });
    return { ...allowedEnvironment(env), ...place.variables(env), ...this.password };
  }

  private unreadable(verb: string, cause: unknown): ResticError {
    const message = `restic ${verb}, ${this.options.place.label}: its output cannot be parsed`;
    return new ResticError('other', message, hintOf('other'), cause);
  }

  private late(verb: string, deadlineMs: number): ResticError {
    const message = `restic ${verb}, ${this.options.place.label}: not finished after ${formatDuration(deadlineMs)}`;
    return new ResticError('timeout', message, hintOf('timeout'));
  }

  private failed(verb: string, exitCode: number | undefined, errors: Errors): ResticError {
    const { problem, line } = errors.areOnlyForRoot
      ? { problem: 'not_root' as const, line: errors.lines[0] ?? '' }
      : classifyFailure({ exitCode, errors: errors.lines });
    const what = line === '' ? `exited with ${exitCode ?? 'a signal'}` : line;
    const message = `restic ${verb}, ${this.options.place.label}: ${what}`;
    return new ResticError(problem, message, hintOf(problem));
  }
}

/** A pattern of `--include` that matches one path only. Every special character of restic's patterns is escaped. */
export function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, String.raw`\$&`);
}

/** The first lines of standard error. */
class Errors {
  readonly lines: string[] = [];
  private readonly counts = new Map<string, number>();
  private readonly onMissed: () => void;
  private onlyRoot = 0;
  private total: number | undefined;

  /** @param onMissed called when it is clear that an object is not there */
  constructor(onMissed: () => void) {
    this.onMissed = onMissed;
  }

  /** Whether restic failed only at things that only root may do. */
  get areOnlyForRoot(): boolean {
    return this.onlyRoot > 0 && this.onlyRoot === this.total;
  }

  add(line: string): void {
    if (this.lines.length < MAX_ERRORS) this.lines.push(messageOf(line));
    if (ONLY_ROOT.test(line)) this.onlyRoot += 1;
    this.total = errorCount(line) ?? this.total;
    const object = missingObject(line);
    if (object === undefined) return;
    const count = (this.counts.get(object) ?? 0) + 1;
    this.counts.set(object, count);
    if (count >= MISSED) this.onMissed();
  }
}
