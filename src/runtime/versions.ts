/** The schema version in a stored document, if this program is too old for it. Pure. */
export function newerSchemaIn(json: unknown, known: number): number | undefined {
  const { schemaVersion } = (json ?? {}) as { readonly schemaVersion?: unknown };
  return typeof schemaVersion === 'number' && schemaVersion > known ? schemaVersion : undefined;
}

/** Compares the numbers of versions; what follows them (`-beta`) is ignored. Pure. */
export function isOlder(version: string, other: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(other)];
  const index = theirs.findIndex((number, i) => number !== (ours[i] ?? 0));
  return index >= 0 && (ours[index] ?? 0) < (theirs[index] ?? 0);
}

function numbersOf(version: string): number[] {
  return (/^[\d.]+/.exec(version)?.[0] ?? '').split('.').map(Number);
}
