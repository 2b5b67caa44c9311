import * as z from 'zod/mini';

/** The keys of one map of the configuration, for a check of which may stand together. */
export interface GivenKeys {
  readonly has: (key: string) => boolean;
  /** adds a problem that is shown at the key */
  readonly addProblem: (key: string, message: string) => void;
}

/** Makes keys optional. */
export function optionalKeys<K extends Readonly<Record<string, z.ZodMiniType>>>(
  keys: K,
): { readonly [N in keyof K]: z.ZodMiniOptional<K[N]> } {
  const entries = Object.entries(keys).map(([name, schema]) => [name, z.optional(schema)]);
  return Object.fromEntries(entries) as { [N in keyof K]: z.ZodMiniOptional<K[N]> };
}

export function keysOf(value: object, context: z.core.$RefinementCtx): GivenKeys {
  return {
    has: (key) => Object.hasOwn(value, key),
    addProblem: (key, message) => context.addIssue({ code: 'custom', path: [key], message }),
  };
}

/** For `superRefine`. Runs even if keys of the map are invalid, so that all problems are reported at once. */
export const WHEN_MAP = {
  when: ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null,
};
