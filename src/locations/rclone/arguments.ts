/** The arguments of each rclone that is started. Pure; no secret is ever among them (I10). */

/** Lists of names come by standard input: no temporary file, nothing to clean up. */
const BY_LIST = ['--files-from-raw', '-', '--no-traverse'] as const;

/** A dead server is told within a minute; what lasts is tried again by the worker, with backoff. */
const COMMON = [
  ...['--use-json-log', '-v', '--stats', '1s', '--retries', '1', '--low-level-retries', '3'],
  ...['--contimeout', '15s', '--timeout', '1m', '--ask-password=false'],
] as const;

const TRANSFERS = ['--transfers', '8', '--buffer-size', '4Mi'] as const;

export function withCommon(
  args: readonly string[],
  bandwidth: number | undefined,
): readonly string[] {
  return [...args, ...COMMON, ...(bandwidth === undefined ? [] : ['--bwlimit', `${bandwidth}B`])];
}

export const features = (root: string) => ['backend', 'features', root];
export const about = (root: string) => ['about', root, '--json'];
export const makeDirectory = (root: string) => ['mkdir', root];
export const purge = (directory: string) => ['purge', directory];
export const deleteFile = (file: string) => ['deletefile', file];
export const rcat = (file: string) => ['rcat', file];
export const moveTo = (from: string, to: string, { checks }: { checks: boolean }) => [
  ...['moveto', from, to],
  ...unchecked(checks),
];
/** Never to be given an empty list. */
export const deleteListed = (root: string) => ['delete', root, ...BY_LIST];
export const hashListed = (root: string) => ['hashsum', 'sha256', root, '--download', ...BY_LIST];
export const catListed = (root: string) => ['cat', root, ...BY_LIST];

/** One request for each thousand objects at an object store: the two flags save one for each object. */
export function list(
  directory: string,
  { recursive = false, files = true, times = false } = {},
): readonly string[] {
  return [
    ...['lsjson', directory, '--no-mimetype'],
    ...(times ? [] : ['--no-modtime']),
    ...(recursive ? ['-R'] : []),
    ...(files ? ['--files-only'] : []),
  ];
}

/** One request for each object. Names that are missing are left out, with exit status 0. */
export const statListed = (root: string) => ['lsjson', root, '-R', '--no-mimetype', ...BY_LIST];

/**
 * What is there is known from a listing: the remote is not looked at, and nothing is sent twice. rclone hashes a file before it
 * sends it, so that the server can compare, and while it does, to compare by itself: one of them is enough.
 */
export const copyListed = (
  from: string,
  to: string,
  { refusesDamaged }: { refusesDamaged: boolean },
) => [
  ...['copy', from, to, ...BY_LIST, '--no-check-dest'],
  ...(refusesDamaged ? ['--ignore-checksum'] : []),
  ...TRANSFERS,
];

/** Without a look at the target a rename replaces what is there; some servers refuse that, and it must be removed first. */
export const moveListed = (from: string, to: string, { checks }: { checks: boolean }) => [
  ...['move', from, to, ...BY_LIST],
  ...unchecked(checks),
  ...TRANSFERS,
];

function unchecked(checks: boolean): readonly string[] {
  return checks ? ['--ignore-times'] : ['--no-check-dest'];
}

/** What `--files-from-raw -` reads. */
export function listOf(paths: Iterable<string>): string {
  return [...paths].map((path) => `${path}\n`).join('');
}
