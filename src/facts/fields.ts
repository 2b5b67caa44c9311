import * as z from 'zod/mini';
import { namesOf, namesToSet, type Catalogue } from '../repository/catalogue.ts';
import { REASONS } from '../runtime/errors.ts';

// zod would generate code for each schema, which takes longer than parsing the one file that a short pass reads
z.config({ jitless: true });

/** Milliseconds since the epoch. */
export const time = z.number();
export const count = z.int().check(z.nonnegative());

const ID = /^[0-9a-f]{64}$/;
export const isId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);

/**
 * Lists and maps that can be long are checked by hand, because with zod that takes longer than the rest of a short pass.
 *
 * @param length of a list with one entry per directory of a place
 */
export function longList<T>(isOne: (value: unknown) => boolean, length?: number) {
  return z.custom<readonly T[]>(
    (value) =>
      Array.isArray(value) && value.length === (length ?? value.length) && value.every(isOne),
  );
}
export const isText = (value: unknown): boolean => typeof value === 'string';
export const ids = longList<string>(isId);

export function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const list = <T extends z.ZodMiniType>(item: T) => z.readonly(z.array(item));

/** A set of objects, stored by name; sizes are read again. */
export const names = z.codec(ids, z.custom<Catalogue>(), {
  decode: namesToSet,
  encode: namesOf,
});

/** Valid only in the current process, so it is not stored. */
export const unsaved = <T>() =>
  z.optional(
    z.codec(z.unknown(), z.custom<T | undefined>(), {
      decode: () => undefined,
      encode: () => undefined,
    }),
  );

/** The current problem. */
export const Trouble = z.readonly(
  z.object({
    reason: z.enum(REASONS),
    message: z.string(),
    hint: z.optional(z.string()),
    /** the marker is missing from a directory that was complete before */
    isNotMounted: z.optional(z.literal(true)),
  }),
);
export type Trouble = z.output<typeof Trouble>;

/** The running work at a place, other than a transfer, once it takes long. */
export interface Doing {
  /** for people: `checking it` */
  readonly what: string;
  readonly since: number;
}
