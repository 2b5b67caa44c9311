import type { HashedKind } from '../../repository/names.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { CallOptions } from '../location.ts';
import { list, listOf, moveListed } from './arguments.ts';
import { readEntry } from './listing.ts';
import { failureOf } from './rclone.ts';
import type { Arrived, Target } from './target.ts';

interface Unstage extends CallOptions {
  /** ends in a slash */
  readonly stage: string;
  readonly kind: HashedKind;
  readonly target: Target;
}

/** Checks the staged objects, and gives complete ones their names. */
export async function unstage(
  wanted: ReadonlyMap<string, number>,
  options: Unstage,
): Promise<Arrived> {
  const sizes = new Map<string, number>();
  const unseen = await failureOf(listStage(sizes, options));
  if (unseen !== undefined) return { paths: new Set(), failure: unseen };
  const whole = [...wanted].filter(([path, size]) => sizes.get(path) === size);
  const short = [...wanted.keys()].find((path) => sizes.get(path) !== wanted.get(path));
  const moved = await move(
    whole.map(([path]) => path),
    options,
  );
  const failure = short === undefined ? undefined : cutShort(short, options.target.label);
  return { paths: moved.paths, failure: failure ?? moved.failure };
}

async function listStage(
  sizes: Map<string, number>,
  { stage, kind, target, signal }: Unstage,
): Promise<void> {
  await target.rclone.must(list(`${stage}${kind}/`, { recursive: true }), {
    signal,
    onLine: (line) => {
      const entry = readEntry(line);
      if (entry !== undefined) sizes.set(`${kind}/${entry.path}`, entry.size);
    },
  });
}

async function move(
  paths: readonly string[],
  { stage, kind, target, signal }: Unstage,
): Promise<Arrived> {
  if (paths.length === 0) return { paths: new Set(), failure: undefined };
  const { rclone, root } = target;
  const [from, to] = [`${stage}${kind}/`, `${root}${kind}/`]; // rclone 1.60 refuses to move to a parent directory
  const moved = new Set<string>();
  const options = {
    signal,
    input: listOf(paths.map((path) => path.slice(kind.length + 1))),
    onTransferred: (path: string) => moved.add(`${kind}/${path}`),
  };
  const failure = await failureOf(rclone.move((how) => moveListed(from, to, how), options));
  return { paths: failure === undefined ? new Set(paths) : moved, failure };
}

function cutShort(path: string, label: string): SyncdError {
  return new SyncdError(
    'verify',
    `${path} arrived at ${label} cut short, so it stays in the staging directory`,
    'it will be sent again; if this keeps happening, something at the remote truncates files',
  );
}
