/** The arguments of each rclone process. Pure; they never contain a secret (I10). */

/** Lists of names go to standard input, so there are no temporary files to clean up. */
const BY_LIST = ['--files-from-raw', '-', '--no-traverse'] as const;

/** A dead server is detected within a minute; the worker retries lasting failures with backoff. */
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
/** Never pass an empty list. */
export const deleteListed = (root: string) => ['delete', root, ...BY_LIST];
export const hashListed = (root: string) => ['hashsum', 'sha256', root, '--download', ...BY_LIST];
export const catListed = (root: string) => ['cat', root, ...BY_LIST];

/** One request per thousand objects at an object store; the two flags save one per object. */
export function list(
  directory: string,
  { recursive = false, files = true } = {},
): readonly string[] {
  return [
    ...['lsjson', directory, '--no-mimetype', '--no-modtime'],
    ...(recursive ? ['-R'] : []),
    ...(files ? ['--files-only'] : []),
  ];
}

/** One request per object. Missing names are left out, with exit code 0. */
export const statListed = (root: string) => ['lsjson', root, '-R', '--no-mimetype', ...BY_LIST];

/**
 * The content of the remote is known from a listing, so it is not checked again, and nothing is sent twice. rclone hashes a file
 * before it sends it, for the server to compare, and again while it sends it, to compare itself; one of them is enough.
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

/** Without checking the target, a rename replaces an existing file; some servers refuse that, so it must be removed first. */
export const moveListed = (from: string, to: string, { checks }: { checks: boolean }) => [
  ...['move', from, to, ...BY_LIST],
  ...unchecked(checks),
  ...TRANSFERS,
];

function unchecked(checks: boolean): readonly string[] {
  return checks ? ['--ignore-times'] : ['--no-check-dest'];
}

/** The list that `--files-from-raw -` reads. */
export function listOf(paths: Iterable<string>): string {
  return [...paths].map((path) => `${path}\n`).join('');
}
