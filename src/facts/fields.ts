import * as z from 'zod/mini';
import { Catalogue } from '../repository/catalogue.ts';
import { REASONS } from '../runtime/errors.ts';

// zod would write code for each schema, which takes longer than to parse the one file that a short pass reads
z.config({ jitless: true });

/** Milliseconds since the epoch. */
export const time = z.number();
export const count = z.int().check(z.nonnegative());

const ID = /^[0-9a-f]{64}$/;
export const isId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);

/**
 * Lists and maps that can be long are checked by hand: with zod that takes longer than all else that a short pass does.
 *
 * @param length of a list that has one entry for each directory of a place
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

/** A set of objects, stored by name: sizes are learnt again. */
export const names = z.codec(ids, z.custom<Catalogue>(), {
  decode: namesToSet,
  encode: namesOf,
});

/** Holds only for the process that knows it, so it is not stored. */
export const unsaved = <T>() =>
  z.optional(
    z.codec(z.unknown(), z.custom<T | undefined>(), {
      decode: () => undefined,
      encode: () => undefined,
    }),
  );

/** What went wrong, while it lasts. */
export const Trouble = z.readonly(
  z.object({
    reason: z.enum(REASONS),
    message: z.string(),
    hint: z.optional(z.string()),
    /** nothing of ours was in a directory that was complete before */
    isNotMounted: z.optional(z.literal(true)),
  }),
);
export type Trouble = z.output<typeof Trouble>;

/** What is being done at a place, beside moving data, once it takes long. */
export interface Doing {
  /** for people: `checking it` */
  readonly what: string;
  readonly since: number;
}

export function namesOf(set: { entries(): Iterable<{ readonly id: string }> }): string[] {
  return [...set.entries()].map(({ id }) => id);
}

export function namesToSet(ids: Iterable<string>): Catalogue {
  return Catalogue.from([...ids].map((id) => [id, undefined]));
}
