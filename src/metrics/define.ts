export type MetricKind = 'gauge' | 'counter';

/** The properties that the metrics of one group share. */
interface Shape {
  readonly kind: MetricKind;
  readonly labels: readonly string[];
}

export interface MetricSpec extends Shape {
  readonly help: string;
}

export const CLIENT = ['client'] as const;
export const BACKEND = ['client', 'backend'] as const;

/** Declares the metrics of one group: their names, each with its help. */
export function define<N extends string>(
  shape: Shape,
  help: Record<N, string>,
): Record<N, MetricSpec> {
  const specs = Object.entries<string>(help).map(([name, text]) => [
    name,
    { ...shape, help: text },
  ]);
  return Object.fromEntries(specs) as Record<N, MetricSpec>;
}
