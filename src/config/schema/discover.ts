import * as z from 'zod/mini';
import { parseGlob } from '../discover/glob.ts';
import { optionalKeys } from '../../schema/keys.ts';
import { text, truth, wholeNumber } from '../../schema/values.ts';

/** `discover:` of backup-syncd.yaml. */
export const discover = z
  .strictObject({
    glob: text({
      pattern: /^\//,
      wanted: 'an absolute path with a *; write e.g. /srv/rest-server/*',
      description:
        'Where the repositories are. A * stands for one whole name between slashes. The client gets that name; if there are several *, their names are joined with "-".',
      examples: ['/srv/rest-server/*', '/srv/rest-server/*/*'],
      parse: parseGlob,
    }),
    ...optionalKeys({
      initialise: truth({
        description:
          'true: the daemon sets up the backends of discovered clients, where they are new and empty. What needs an option of `backend init`, such as --same-disk, is left to a person.',
        default: false,
      }),
      max: wholeNumber({
        wanted: 'a number of clients; write a whole number from 0 to 1000',
        min: 0,
        max: 1000,
        description:
          'How many clients may be discovered. Repositories beyond that are only shown and counted; with 0, no repository becomes a client.',
        default: 200,
      }),
    }),
  })
  .register(z.globalRegistry, {
    description: 'A client for each repository that is found, with the settings of `defaults`.',
  });
