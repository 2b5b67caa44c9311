import * as z from 'zod/mini';
import { DAY_MS } from '../../runtime/units.ts';
import { keysOf, optionalKeys, WHEN_MAP } from '../../schema/keys.ts';
import { checkKinds, keysOfRole } from '../../kinds/given-kind.ts';
import { password } from './password.ts';
import { KINDS } from '../../kinds/registry.ts';
import { duration } from '../../schema/values.ts';

/** `source:` of a client, or of the defaults; every key may come from either. */
export const source = z
  .strictObject(
    optionalKeys({
      ...keysOfRole(KINDS, 'source'),
      poll: duration({
        example: '1m',
        minMs: 1000,
        maxMs: 7 * DAY_MS,
        description:
          'How often the source is checked; this costs one request at a remote. At least 1s, at most 7d.',
        default: '1m',
      }),
      password,
    }),
  )
  .check(z.superRefine(check, WHEN_MAP))
  .register(z.globalRegistry, {
    description: 'Where the client backs up to, and how it is watched.',
  });

/** Keys of another kind in the defaults do not concern a client that has this kind. */
function check(value: object, context: z.core.$RefinementCtx): void {
  checkKinds(keysOf(value, context), KINDS, {
    role: 'source',
    one: 'a source is one place: keep one of them',
    foreign: (owner) => `belongs to a source with ${owner}; this one has none: remove it`,
  });
}
