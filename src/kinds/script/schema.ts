import * as z from 'zod/mini';
import { DAY_MS } from '../../runtime/units.ts';
import { command } from '../../schema/command.ts';
import { keysOf, optionalKeys, WHEN_MAP } from '../../schema/keys.ts';
import { describeInvalid, duration } from '../../schema/values.ts';
import { checkKinds, keysOfRole, kindOfGiven } from '../given-kind.ts';
import type { Build, Kind } from '../kind.ts';
import type { PlaceConfig } from '../place-config.ts';
import { listEvery } from '../rclone/keys.ts';

/** `script:` of a backend. */
export const script = command({
  description:
    'Your own program, which copies what is new. Use instead of directory. {client} stands for the name of the client.',
  examples: [['/usr/local/bin/replica_sync']],
});

export const deadline = duration({
  example: '6h',
  minMs: 1000,
  maxMs: 14 * DAY_MS,
  description: 'How long a script may take before it is killed, with everything that it started.',
  default: '24h',
});

const MISSING = 'the directory that the script copies to';

/** `verify:` of a backend with a script. */
export function verify(kinds: readonly Kind[]) {
  return z
    .strictObject(
      optionalKeys({
        ...keysOfRole(kinds, 'verified'),
        listEvery: listEvery('How often this place is audited, if not as audit.every says.'),
      }),
    )
    .check(
      z.superRefine((value, context) => {
        checkKinds(keysOf(value, context), kinds, {
          role: 'verified',
          one: 'there is one place to check: keep one of them',
          missing: (others) => describeInvalid(undefined, `${MISSING}; or write ${others}`),
          foreign: (owner) => `only applies to ${owner}, and there is none here: remove it`,
        });
      }, WHEN_MAP),
    )
    .register(z.globalRegistry, {
      description:
        'Where to check what a script has done; backup-syncd only reads there. Without it, the result does not count as a copy.',
    });
}

/** The place that a script writes to, and that backup-syncd only reads. */
export function buildVerified(
  given: z.output<ReturnType<typeof verify>>,
  how: Build,
): (PlaceConfig & { readonly listEveryMs?: number }) | undefined {
  const { listEvery: listEveryMs } = given;
  const place = kindOfGiven(given, how.kinds, 'verified')?.verified?.build(given, how);
  return place && { ...place, ...(listEveryMs !== undefined && { listEveryMs }) };
}
