/** One line of the table. */
export interface Row {
  readonly what: string;
  /** absent: for information */
  readonly target?: Target;
  readonly value: number;
  readonly unit: Unit;
  /** how many times it was measured */
  readonly samples: number;
  readonly note?: string;
}

export type Unit = 'x' | 'ms' | 'MiB' | 's' | '%' | 'requests';

export interface Target {
  readonly is: 'at most' | 'at least';
  readonly limit: number;
}

export function atMost(limit: number): Target {
  return { is: 'at most', limit };
}

export function atLeast(limit: number): Target {
  return { is: 'at least', limit };
}

export function isMet({ target, value }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return target.is === 'at most' ? value <= target.limit : value >= target.limit;
}

export function formatValue(value: number, unit: Unit): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toFixed(digits)}${unit === 'x' ? '' : ' '}${unit}`;
}
