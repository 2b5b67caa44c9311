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
export interface Passer {
  readonly client: string;
  readonly backend: string;
  /** the repository, as in the configuration */
  readonly source: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

/** One pass: its signal, and a callback that shows long work. */
export interface PassInside {
  readonly signal: AbortSignal;
  readonly during: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

/** Runs an action at a backend, between the programs that mount or wake it and those that release it. */
export type Around = <T>(pass: PassInside, action: () => Promise<T>) => Promise<T>;

/** For a backend that is always there: no programs. */
export function aroundOf(programs: Programs | undefined, doors: Doors, passer: Passer): Around {
  if (programs === undefined) return (_pass, action) => action();
  return (pass, action) => {
    const { signal } = pass;
    const during: PassInside['during'] = (what, work) => pass.during(what, work);
    return doors.around(programs, { ...passer, signal, during }, action);
  };
}

/**
 * Runs the operator's programs around passes: `before` for the first that needs a place, `after` when the last one has left
 * it. Clients that name the same programs share a place, a disk mostly, so that none takes it away from another.
 */
export class Doors {
  private readonly doors = new Map<string, Door>();

  /**
   * Runs an action between `before` and `after`. Rejects with reason `unreachable` when `before` fails, and then does not run the
   * action; with reason `tool` when only `after` fails. `after` always runs.
   */
  async around<T>(
    programs: Programs,
    passer: Passer & PassInside,
    action: () => Promise<T>,
  ): Promise<T> {
    const door = this.doorOf(programs);
    let result: T;
    try {
      await door.enter(passer);
      result = await action();
    } catch (error) {
      const trouble = await door.leave(passer);
      if (trouble !== undefined) passer.log.warn({ hint: trouble.hint }, trouble.message);
      throw error;
    }
    const trouble = await door.leave(passer);
    if (trouble !== undefined) throw trouble;
    return result;
  }

  private doorOf(programs: Programs): Door {
    const key = JSON.stringify([programs.before, programs.after]);
    const door = this.doors.get(key) ?? new Door(programs);
    this.doors.set(key, door);
    return door;
  }
}

/** One pair of programs, and how many passes are between them. */
class Door {
  private readonly programs: Programs;
  private users = 0;
  private opened: Promise<void> | undefined;
  private closed: Promise<unknown> = Promise.resolve();
  private opening = new AbortController();

  constructor(programs: Programs) {
    this.programs = programs;
  }

  async enter(passer: Passer & PassInside): Promise<void> {
    const { signal } = passer;
    this.users += 1;
    throwIfAborted(signal);
    const opened = (this.opened ??= this.open(passer));
    await passer.during('running before', () => unlessAborted(opened, signal));
  }

  /** Returns the error of `after`. */
  async leave(passer: Passer & PassInside): Promise<SyncdError | undefined> {
    this.users -= 1;
    if (this.users > 0) return undefined;
    this.opening.abort(); // nothing waits for it any longer
    const opened = this.opened;
    this.opened = undefined;
    const closed = this.close(opened, passer);
    this.closed = closed;
    return passer.during('running after', () => closed);
  }

  private async open(passer: Passer): Promise<void> {
    const { before, deadlineMs } = this.programs;
    await this.closed;
    this.opening = new AbortController();
    const { signal } = this.opening;
    if (before !== undefined)
      await runHook('before', { command: before, deadlineMs, passer, signal });
  }

  private async close(
    opened: Promise<void> | undefined,
    passer: Passer,
  ): Promise<SyncdError | undefined> {
    const { after, deadlineMs } = this.programs;
    await opened?.catch(() => undefined);
    if (after === undefined) return undefined;
    const { signal } = new AbortController();
    try {
      await runHook('after', { command: after, deadlineMs, passer, signal });
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
  readonly passer: Passer;
  readonly signal: AbortSignal;
}

/** Runs one of the programs to its end. Processes that it started end with it. */
async function runHook(when: When, hook: Hook): Promise<void> {
  const { passer, ...how } = hook;
  const { client, source, backend, log, env } = passer;
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
  { command: [program], deadlineMs, passer }: Hook,
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
    `${next}${isLong}; ${outputHint(passer)}`,
  );
}
