import { DAY_MS } from '../../runtime/units.ts';
import type { GivenKeys } from '../../schema/keys.ts';
import type { Command } from '../../work/script/run-program.ts';
import { defineRole, type BackendTraits, type Kind } from '../kind.ts';
import type { ScriptConfig } from './config.ts';
import { buildVerified, deadline, script as program, verify } from './schema.ts';

/** The operator's own program, which copies objects to a place that it chooses. Only its exit code is known. */
export const script: Kind = {
  name: 'script',
  example: 'script: [PROGRAM]',
  backend: {
    ...defineRole('script', {
      keys: (kinds) => ({ script: program, verify: verify(kinds), deadline }),
      build: (given, how): ScriptConfig => {
        const place = given.verify && buildVerified(given.verify, how);
        return {
          kind: 'script',
          script: given.script.map(how.fill) as unknown as Command,
          ...(place !== undefined && { verify: place }),
          deadlineMs: given.deadline ?? DAY_MS,
        };
      },
    }),
    check,
    misplaced: {
      rcloneConfig: 'put it in verify',
      probeEvery: 'put it in verify',
      listEvery: 'put it in verify',
    },
    traits: (config) => traitsOf(config as ScriptConfig),
    load: async () => import('./open.ts'),
  },
};

function traitsOf({ script: command, verify: place }: ScriptConfig): BackendTraits {
  return {
    hasMarker: false,
    countsAsCopy: place !== undefined,
    isRunContact: true,
    mayDelete: true, // it is unknown what it deletes
    seenAt: place && { config: place, key: ['verify', place.kind], isOnlyRead: true },
    programs: { script: command },
  };
}

function check({ has, addProblem }: GivenKeys): void {
  if (has('minFree'))
    addProblem(
      'minFree',
      'only applies to places that backup-syncd writes to; remove it: the script can check this itself',
    );
  for (const key of ['before', 'after'].filter(has))
    if (!has('verify')) addProblem(key, 'needs verify; without it, let the script do this itself');
  if (has('offline') && !has('verify'))
    addProblem(
      'offline',
      'needs verify: without it, backup-syncd cannot know whether the replica is there',
    );
  if (has('maxLag') && !has('verify'))
    addProblem(
      'maxLag',
      'needs verify: without it, backup-syncd cannot know how far behind the replica is',
    );
}
