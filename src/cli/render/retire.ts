import type { Retirement } from '../../backends/retire.ts';
import type { RetireAsk } from '../../client/move-retired.ts';
import type { RawBackendConfig } from '../../config/types.ts';
import { RETIRED } from '../../repository/retired.ts';

const MEANING = {
  snapshots: 'snapshots: restic no longer lists them at this replica',
  index: 'indexes: restic no longer reads them at this replica',
  keys: 'keys: their passwords no longer open this replica where it lies',
} as const;
const KINDS = ['snapshots', 'index', 'keys'] as const;

/** What would be moved, or was, and what that means. */
export function renderRetirement(
  { verb, backend }: RetireAsk,
  { date, moved }: Retirement,
  { isDone, client }: { readonly isDone: boolean; readonly client: string },
): string[] {
  if (date === undefined || moved.length === 0)
    return [
      verb === 'retire'
        ? `${backend} holds nothing of that kind that the source does not have: nothing to move`
        : 'nothing to move back',
    ];
  const place = `${RETIRED}/${date}/`;
  if (isDone)
    return [
      verb === 'retire'
        ? `${moved.length} objects are in ${place} now; back with: backup-syncd backend restore-retired ${client} ${backend} ${date}`
        : `${moved.length} objects are back from ${place}`,
    ];
  const lines = moved.map((path) => `  ${path}`);
  if (verb === 'restore-retired')
    return [`${moved.length} objects to move back from ${place}`, ...lines];
  return [
    `${moved.length} objects that the source does not have, to move to ${place}`,
    ...lines,
    ...KINDS.filter((kind) => moved.some((path) => path.startsWith(`${kind}/`))).map(
      (kind) => MEANING[kind],
    ),
    'nothing is deleted',
  ];
}

/** What destroys key files that were moved aside, to be typed as it stands. */
export function destroyCommands(backend: RawBackendConfig, keys: readonly string[]): string[] {
  if (backend.kind === 'directory')
    return keys.map((key) => `rm -f -- ${quoted(`${backend.directory}/${RETIRED}/${key}`)}`);
  const { rclone, rcloneConfig } = backend;
  const root = /[:/]$/.test(rclone) ? rclone : `${rclone}/`;
  const config = rcloneConfig === undefined ? '' : ` --config ${quoted(rcloneConfig)}`;
  return keys.map((key) => `rclone${config} deletefile ${quoted(`${root}${RETIRED}/${key}`)}`);
}

/** For a shell, only where it has to be. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
