/**
 * Error numbers of Linux that libuv has no name for: Node reports them as `Unknown system error -122`, or as `UNKNOWN`.
 * Names and numbers: include/uapi/asm-generic/errno.h; texts: strerror(3).
 */
const UNNAMED: ReadonlyMap<number, readonly [name: string, text: string]> = new Map([
  [35, ['EDEADLK', 'resource deadlock avoided']],
  [37, ['ENOLCK', 'no locks available']],
  [52, ['EBADE', 'invalid exchange']],
  [62, ['ETIME', 'timer expired']],
  [66, ['EREMOTE', 'object is remote']],
  [67, ['ENOLINK', 'link has been severed']],
  [70, ['ECOMM', 'communication error on send']],
  [72, ['EMULTIHOP', 'multihop attempted']],
  [74, ['EBADMSG', 'bad message']],
  [76, ['ENOTUNIQ', 'name not unique on network']],
  [77, ['EBADFD', 'file descriptor in bad state']],
  [78, ['EREMCHG', 'remote address changed']],
  [116, ['ESTALE', 'stale file handle']],
  [117, ['EUCLEAN', 'structure needs cleaning']],
  [122, ['EDQUOT', 'disk quota exceeded']],
  [123, ['ENOMEDIUM', 'no medium found']],
  [124, ['EMEDIUMTYPE', 'wrong medium type']],
  [126, ['ENOKEY', 'required key not available']],
  [127, ['EKEYEXPIRED', 'key has expired']],
  [128, ['EKEYREVOKED', 'key has been revoked']],
  [129, ['EKEYREJECTED', 'key was rejected by service']],
  [133, ['EHWPOISON', 'memory page has hardware error']],
  [524, ['ENOTSUPP', 'operation is not supported']],
]);

/**
 * The name of a system error, such as `ENOENT`, also of those that Node has no name for; empty for any other error.
 * Does not use `instanceof`, because an error may come from another realm or thread.
 */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  if (typeof errno === 'number' && isUnnamed(code)) return nameOf(-errno);
  return typeof code === 'string' ? code : '';
}

/** The message of an error, with the name and the meaning of a system error that Node has no name for. */
export function errorMessage(error: unknown): string {
  if (!(typeof error === 'object' && error !== null && 'message' in error)) return String(error);
  const message = String(error.message);
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  if (typeof errno !== 'number' || !isUnnamed(code)) return message;
  const text = UNNAMED.get(-errno)?.[1] ?? 'unknown error';
  return message.replace(
    /^(?:Unknown system error -\d+|UNKNOWN): [^,]*/,
    `${nameOf(-errno)}: ${text}`,
  );
}

function isUnnamed(code: unknown): boolean {
  return typeof code === 'string' && /^(?:Unknown system error|UNKNOWN$)/.test(code);
}

function nameOf(errno: number): string {
  return UNNAMED.get(errno)?.[0] ?? `errno ${errno}`;
}
