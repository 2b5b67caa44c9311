import * as z from 'zod/mini';
import { Catalogue } from '../repository/catalogue.ts';
import { REASONS } from '../runtime/errors.ts';

// zod would write code for each schema, which takes longer than to parse the one file that a short pass reads
z.config({ jitless: true });

/** Milliseconds since the epoch. */
export const time = z.number();
export const count = z.int().check(z.nonnegative());

export const ID = /^[0-9a-f]{64}$/;
export const id = z.string().check(z.regex(ID));

export const list = <T extends z.ZodMiniType>(item: T) => z.readonly(z.array(item));

/** A set of objects, stored by name: sizes are learnt again. */
export const names = z.codec(z.array(id), z.custom<Catalogue>(), {
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
