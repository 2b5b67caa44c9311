/** `ENOENT` and the like; empty for other errors. Not by `instanceof`: jest has a realm of its own. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
