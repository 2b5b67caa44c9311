import type { Retirement } from '../../backends/retire.ts';
import type { RetireMessage } from '../../client/move-retired.ts';
import type { BackendConfig } from '../../config/types.ts';
import { backendTraits, placeTraits } from '../../kinds/traits.ts';
import { RETIRED } from '../../repository/retired.ts';
import { plural } from '../../runtime/plural.ts';

const MEANING = {
  snapshots: 'snapshots: restic will no longer list them at this replica',
  index: 'indexes: restic will no longer read them at this replica',
  keys: 'keys: their passwords will no longer open this replica, but anyone who can read the retired files can still use them',
} as const;
const KINDS = ['snapshots', 'index', 'keys'] as const;

/** Prints what would be moved, or was moved, and what that means. */
export function renderRetirement(
  ask: RetireMessage,
  retirement: Retirement,
  { isDone, client }: { readonly isDone: boolean; readonly client: string },
): string[] {
  const { verb, backend } = ask;
  const { date, moved, dates } = retirement;
  if (date === undefined || moved.length === 0) return [describeNothingToMove(ask, retirement)];
  const place = `${RETIRED}/${date}/`;
  const count = plural(moved.length, 'object');
  if (isDone && verb === 'retire')
    return [
      `${count} moved to ${place} at ${backend}`,
      `to move them back, run: backup-syncd backend restore-retired ${client} ${backend} ${date}`,
    ];
  if (isDone)
    return [
      `${count} moved back from ${place} at ${backend}`,
      ...(dates.length === 0 ? [] : [`still retired there: ${dates.join(', ')}`]),
    ];
  const lines = moved.map((path) => `  ${path}`);
  if (verb === 'restore-retired') return [`to move back from ${place}: ${count}`, ...lines];
  return [
    `the source no longer has these; to move to ${place}: ${count}`,
    ...lines,
    ...KINDS.filter((kind) => moved.some((path) => path.startsWith(`${kind}/`))).map(
      (kind) => MEANING[kind],
    ),
    'Nothing is deleted.',
  ];
}

function describeNothingToMove({ verb, backend }: RetireMessage, { date }: Retirement): string {
  if (verb === 'retire')
    return `nothing to move: the source still has everything of that kind at ${backend}`;
  return date === undefined
    ? `nothing to move back: nothing is retired at ${backend}`
    : `nothing to move back: nothing that was retired on ${date} is still in its directory at ${backend}`;
}

/** The commands that destroy retired key files, ready to copy. */
export function destroyCommands(backend: BackendConfig, keys: readonly string[]): string[] {
  const { seenAt } = backendTraits(backend);
  if (seenAt === undefined) return [];
  const { commandToDelete } = placeTraits(seenAt.config);
  return keys.map((key) => commandToDelete(`${RETIRED}/${key}`));
}
