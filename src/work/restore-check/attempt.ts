import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log/log.ts';
import { ResticError } from '../../restic/errors.ts';
import type { PasswordSource } from '../../restic/password.ts';
import type { ResticPlace } from '../../restic/repository.ts';
import { escapePattern, Restic } from '../../restic/restic.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { grouped, plural } from '../../runtime/plural.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import { formatBytes } from '../../runtime/units.ts';
import { FileChooser, type Choice } from './choose-files.ts';
import type { FreshDirectory } from './fresh-directory.ts';
import { inspectRestored } from './inspect-restored.ts';
import type { Random } from './random.ts';
import { runCommand } from './run-command.ts';
import type { RestoreCheckSettings } from './settings.ts';
import { runTogether } from './run-together.ts';
import { judgeFile, judgeRequired, type Fault } from './verdict.ts';

/** A place to restore from. */
export interface RestorePlace {
  /** `source`, or that of the backend */
  readonly name: string;
  readonly restic: ResticPlace;
  /** reading there may cost money */
  readonly isRemote: boolean;
}

export interface AttemptOptions {
  readonly client: string;
  readonly place: RestorePlace;
  /** to compare the files with; undefined: with none */
  readonly other: RestorePlace | undefined;
  readonly snapshot: string;
  readonly settings: RestoreCheckSettings;
  readonly password: PasswordSource;
  readonly directory: FreshDirectory;
  readonly random: Random;
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** says what comes next, before it costs anything */
  readonly say: (text: string) => void;
  /** default: what a large snapshot at a slow remote needs */
  readonly deadlines?: ResticDeadlines;
  readonly signal: AbortSignal;
}

/** How long restic may take, in milliseconds. Whatever hangs in the middle is ended then. */
export interface ResticDeadlines {
  /** to list a snapshot */
  readonly listMs: number;
  /** to open a repository and begin to restore */
  readonly startMs: number;
}

/** The result of one attempt to restore. */
export interface Attempted {
  readonly files: number;
  readonly bytes: number;
  /** in what was restored: a second attempt may find something else */
  readonly damage: readonly Fault[];
  /** in what the snapshot has, by the rules of the operator */
  readonly faults: readonly Fault[];
  /** notes about a check that passed, such as why nothing was compared */
  readonly notes: readonly string[];
}

/** Listing a snapshot of millions of files at a remote takes long. */
const DEADLINES: ResticDeadlines = { listMs: 30 * 60_000, startMs: 10 * 60_000 };
/** The rate of a slow remote, in bytes per millisecond. */
const SLOWEST = 256 * 1.024;

/** Restores some files of a snapshot to a fresh directory, and checks them. Rejects with a SyncdError if it could not be done. */
export async function attempt(options: AttemptOptions): Promise<Attempted> {
  const { directory, settings, place, other, snapshot, say, signal } = options;
  await directory.create();
  const root = await realpath(directory.path);
  const restic = open(options, place, root);
  const chooser = new FileChooser(settings, options.random);
  const call = { deadlineMs: (options.deadlines ?? DEADLINES).listMs, signal };
  const { time } = await restic.list(snapshot, (entry) => chooser.add(entry), call);
  const choice = chooser.choice();
  const unmet = judgeRequired(choice.required, settings, time);
  if (unmet.length === 0) requireFiles(choice, settings);
  await requireSpace(options, choice);
  say(`restoring ${amountOf(choice)} from ${place.name}`);
  const target = join(root, 'restored');
  const [complaint, notCompared] = await runTogether(signal, (until) => {
    const what = { options: { ...options, signal: until }, choice };
    return [restore(restic, target, what), restoreOther(other, root, what)];
  });
  const compared = notCompared === undefined ? other : undefined;
  return {
    files: choice.fileCount,
    bytes: choice.bytes,
    damage: await inspectAll(root, choice, { compared, signal }),
    faults: [...unmet, ...(await runCommand(options, target))],
    notes: [complaint, notCompared].filter((note) => note !== undefined),
  };
}

/** The amount that is restored, for people: what it costs at a remote. */
function amountOf({ fileCount, bytes, total }: Choice): string {
  return `${grouped(fileCount)} of ${plural(total.files, 'file')}, about ${formatBytes(bytes)},`;
}

/** Each place has its own cache, so that data of one place never stands for another's. A directory needs none. */
function open({ password, env }: AttemptOptions, place: RestorePlace, root: string): Restic {
  const cacheDirectory = join(root, `cache-${place.name}`);
  return new Restic({
    place: place.restic,
    password,
    env,
    ...(place.isRemote && { cacheDirectory }),
  });
}

interface What {
  readonly options: AttemptOptions;
  readonly choice: Choice;
}

/** Returns the things besides file content that restic could not restore because it did not run as root. */
async function restore(
  restic: Restic,
  target: string,
  { options, choice }: What,
): Promise<string | undefined> {
  const { snapshot, deadlines = DEADLINES, signal } = options;
  const { include, bytes } = choice;
  await mkdir(target, { mode: 0o700 });
  if (include?.length === 0) return undefined; // to restic, no pattern means everything
  try {
    await restic.restore(snapshot, {
      target,
      signal,
      include: include?.map(escapePattern) ?? [],
      deadlineMs: deadlines.startMs + bytes / SLOWEST,
    });
    return undefined;
  } catch (error) {
    if (error instanceof ResticError && error.problem === 'not_root') return error.message;
    throw error;
  }
}

/** Returns why it failed, which the check of the other place judges. */
async function restoreOther(
  other: RestorePlace | undefined,
  root: string,
  what: What,
): Promise<string | undefined> {
  if (other === undefined) return undefined;
  try {
    await restore(open(what.options, other, root), join(root, 'other'), what);
    return undefined;
  } catch (error) {
    if (error instanceof SyncdError)
      return `not compared with ${other.name}: ${errorMessage(error)}`;
    throw error;
  }
}

interface Compare {
  readonly compared: RestorePlace | undefined;
  readonly signal: AbortSignal;
}

async function inspectAll(
  root: string,
  choice: Choice,
  { compared, signal }: Compare,
): Promise<Fault[]> {
  const how = { isHashed: compared !== undefined, signal };
  const faults: Fault[] = [];
  for (const file of choice.files) {
    const restored = await inspectRestored(join(root, 'restored'), file.path, how);
    const other = compared && {
      name: compared.name,
      restored: await inspectRestored(join(root, 'other'), file.path, how),
    };
    const fault = judgeFile(file, restored, other);
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

/** Refuses a check that restores nothing, because it would seem to pass. An empty snapshot has nothing to restore. */
function requireFiles(choice: Choice, settings: RestoreCheckSettings): void {
  const { fileCount, total } = choice;
  if (fileCount > 0 || total.files === 0) return;
  const { why, hint } = whyNoFile(choice, settings);
  const has = `the snapshot has ${plural(total.files, 'file')}`;
  throw new SyncdError('no_space', `nothing can be restored, although ${has}: ${why}`, hint);
}

function whyNoFile(
  { total, unnamed }: Pick<Choice, 'total' | 'unnamed'>,
  { maxBytes, sample }: Pick<RestoreCheckSettings, 'maxBytes' | 'sample'>,
): { readonly why: string; readonly hint: string } {
  if (sample === 0)
    return {
      why: 'restoreCheck.sample is 0, and no file is in the paths of restoreCheck.require',
      hint: 'raise sample, or require paths that have files',
    };
  if (unnamed === total.files)
    return {
      why: 'no name is valid UTF-8, so no file can be chosen',
      hint: 'set restoreCheck.full',
    };
  const named = unnamed === 0 ? '' : ' whose name is valid UTF-8';
  return {
    why: `each file${named} is larger than restoreCheck.maxBytes (${formatBytes(maxBytes)})`,
    hint: 'raise maxBytes',
  };
}

/** How much must stay free on the disk of restores, or a twentieth of it if that is less. */
const KEPT_FREE = 2 ** 30;

async function requireSpace(
  { directory, settings, other }: AttemptOptions,
  choice: Choice,
): Promise<void> {
  const { bytes } = choice;
  if (bytes > settings.maxBytes)
    throw new SyncdError(
      'no_space',
      `${formatBytes(bytes)} would have to be restored, and restoreCheck.maxBytes is ${formatBytes(settings.maxBytes)}`,
      'raise maxBytes, or require less',
    );
  const { freeBytes, totalBytes } = await directory.space();
  const needed = bytes * (other === undefined ? 1 : 2);
  const kept = Math.min(KEPT_FREE, totalBytes / 20);
  if (freeBytes - needed >= kept) return;
  throw new SyncdError(
    'no_space',
    `${formatBytes(freeBytes)} free in ${directory.path}, ${formatBytes(needed)} to be restored, ${formatBytes(kept)} must stay free`,
    'free some space there, set restoreCheck.directory to a larger disk, or lower maxBytes',
  );
}
