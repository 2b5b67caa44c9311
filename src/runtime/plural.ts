/** `1 object`, `12,345 objects`; `many` for what does not just take an s. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${agree(count, one, many)}`;
}

/** The word that goes with a number: `is` or `are`. */
export function agree(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** 12,345. Not by `toLocaleString`: to load what it knows takes longer than a short command does otherwise. */
export function grouped(count: number): string {
  return String(count).replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}
