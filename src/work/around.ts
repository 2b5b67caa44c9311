import type { Log } from '../log/log.ts';
import type { ChildResult } from '../process/run-child.ts';
import { throwIfAborted, unlessAborted } from '../runtime/abort.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { SyncdError } from '../runtime/errors.ts';
import { describeEnd, isNotRun, runProgram, type Command } from './script/run-program.ts';
import { outputHint } from './script/run-script.ts';

/** The operator's programs around the passes over a backend. */
interface Programs {
  readonly before?: Command;
  readonly after?: Command;
  /** of each, in milliseconds */
  readonly deadlineMs: number;
}

/** The owner of a pass. */
export interface PassOwner {
  readonly client: string;
  readonly backend: string;
  /** the repository, as in the configuration */
  readonly source: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

/** A pass that is running: its signal, and a callback that shows long work. */
export interface PassScope {
  readonly signal: AbortSignal;
  readonly during: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

/** Runs an action at a backend, between the programs that mount or wake it and those that release it. */
export type Around = <T>(pass: PassScope, action: () => Promise<T>) => Promise<T>;

/** Without programs, an action simply runs: the backend is always there. */
export function aroundOf(
  programs: Programs | undefined,
  sharedPrograms: SharedPrograms,
  owner: PassOwner,
): Around {
  if (programs === undefined) return (_pass, action) => action();
  return (pass, action) => {
    const { signal } = pass;
    const during: PassScope['during'] = (what, work) => pass.during(what, work);
    return sharedPrograms.around(programs, { ...owner, signal, during }, action);
  };
}

/**
 * Runs the operator's programs around passes: `before` when the first pass needs a place, `after` when the last one is done. Clients
 * that name the same programs share that place, usually a disk, so no client releases it while another uses it.
 */
export class SharedPrograms {
  private readonly pairs = new Map<string, ProgramPair>();

  /**
   * Runs an action between `before` and `after`. Rejects with reason `unreachable` when `before` fails, and then does not run the
   * action; with reason `tool` when only `after` fails. `after` always runs.
   */
  async around<T>(
    programs: Programs,
    owner: PassOwner & PassScope,
    action: () => Promise<T>,
  ): Promise<T> {
    const pair = this.pairOf(programs);
    let result: T;
    try {
      await pair.enter(owner);
      result = await action();
    } catch (error) {
      const trouble = await pair.leave(owner);
      if (trouble !== undefined) owner.log.warn({ hint: trouble.hint }, trouble.message);
      throw error;
    }
    const trouble = await pair.leave(owner);
    if (trouble !== undefined) throw trouble;
    return result;
  }

  private pairOf(programs: Programs): ProgramPair {
    const key = JSON.stringify([programs.before, programs.after]);
    const pair = this.pairs.get(key) ?? new ProgramPair(programs);
    this.pairs.set(key, pair);
    return pair;
  }
}

/** A pair of programs, and how many passes run between them. */
class ProgramPair {
  private readonly programs: Programs;
  private users = 0;
  private opened: Promise<void> | undefined;
  private closed: Promise<unknown> = Promise.resolve();
  private opening = new AbortController();

  constructor(programs: Programs) {
    this.programs = programs;
  }

  async enter(owner: PassOwner & PassScope): Promise<void> {
    const { signal } = owner;
    this.users += 1;
    throwIfAborted(signal);
    const opened = (this.opened ??= this.open(owner));
    await owner.during('running before', () => unlessAborted(opened, signal));
  }

  /** Returns the error of `after`. */
  async leave(owner: PassOwner & PassScope): Promise<SyncdError | undefined> {
    this.users -= 1;
    if (this.users > 0) return undefined;
    this.opening.abort(); // nothing waits for it any longer
    const opened = this.opened;
    this.opened = undefined;
    const closed = this.close(opened, owner);
    this.closed = closed;
    return owner.during('running after', () => closed);
  }

  private async open(owner: PassOwner): Promise<void> {
    const { before, deadlineMs } = this.programs;
    await this.closed;
    this.opening = new AbortController();
    const { signal } = this.opening;
    if (before !== undefined)
      await runHook('before', { command: before, deadlineMs, owner, signal });
  }

  private async close(
    opened: Promise<void> | undefined,
    owner: PassOwner,
  ): Promise<SyncdError | undefined> {
    const { after, deadlineMs } = this.programs;
    await opened?.catch(() => undefined);
    if (after === undefined) return undefined;
    const { signal } = new AbortController();
    try {
      await runHook('after', { command: after, deadlineMs, owner, signal });
      return undefined;
    } catch (error) {
      if (error instanceof SyncdError) return error;
      return new SyncdError('tool', `after: ${errorMessage(error)}`, undefined, error);
    }
  }
}

type When = 'before' | 'after';

interface Hook {
  readonly command: Command;
  readonly deadlineMs: number;
  readonly owner: PassOwner;
  readonly signal: AbortSignal;
}

/** Runs one of the programs to its end. Processes that it started end with it. */
async function runHook(when: When, hook: Hook): Promise<void> {
  const { owner, ...how } = hook;
  const { client, source, backend, log, env } = owner;
  const variables = {
    BACKUP_SYNCD_CLIENT: client,
    BACKUP_SYNCD_SOURCE: source,
    BACKUP_SYNCD_BACKEND: backend,
  };
  const result = await runProgram({ ...how, log, env, variables });
  if (result.exitCode !== 0) throw failed(when, hook, result);
}

function failed(
  when: When,
  { command: [program], deadlineMs, owner }: Hook,
  result: ChildResult,
): SyncdError {
  const next =
    when === 'before'
      ? 'no pass runs until it succeeds'
      : 'the pass itself is complete, but the backend may not have been released';
  const isLong = result.isSilent ? '; find out what it waits for, or raise aroundDeadline' : '';
  // a program that cannot run says nothing about the place
  const reason = when === 'before' && !isNotRun(result) ? 'unreachable' : 'tool';
  return new SyncdError(
    reason,
    `${when}: ${program} ${describeEnd(result, deadlineMs)}`,
    `${next}${isLong}; ${outputHint(owner)}`,
  );
}
