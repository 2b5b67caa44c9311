/** `1 object`, `12,345 objects`. Pass `many` for irregular plurals. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${agree(count, one, many)}`;
}

/** The word that agrees with a number: `is` or `are`. */
export function agree(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** 12,345. Does not use `toLocaleString`, because loading its data takes longer than the rest of a short command. */
export function grouped(count: number): string {
  return String(count).replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}
