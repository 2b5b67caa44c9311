import * as z from 'zod/mini';
import { DAY_MS } from '../../runtime/units.ts';
import { command } from '../../schema/command.ts';
import { optionalKeys } from '../../schema/keys.ts';
import {
  describeInvalid,
  duration,
  durationOrOff,
  NAME_PATTERN,
  NAME_RULE,
  path,
  size,
  text,
  truth,
  wholeNumber,
} from '../../schema/values.ts';

const REQUIRE = 'a list of paths in the snapshot; write e.g. [etc/hostname]';

const requiredPath = text({
  description: 'A file or a directory in the snapshot.',
  pattern: /^\/*[^/\0]/,
  wanted: 'a path in the snapshot; write e.g. etc/hostname',
  parse: (given) => {
    const names = given.split('/').filter((name) => name !== '' && name !== '.');
    if (names.includes('..')) return { wrong: 'contains ".."; write the path from the root' };
    return { value: names.join('/') };
  },
});

/** `restoreCheck:` of a client, or of the defaults. */
export const restoreCheck = z
  .strictObject(
    optionalKeys({
      every: durationOrOff({
        example: '7d',
        minMs: 60_000,
        description:
          'How often files are restored from one place of the client; the places take turns. off: only when someone runs restore-check.',
        default: '7d',
      }),
      require: z
        .array(requiredPath, { error: (issue) => describeInvalid(issue.input, REQUIRE) })
        .register(z.globalRegistry, {
          description:
            'Files and directories that must be in each snapshot. They are always restored, with everything below.',
          examples: [['etc/hostname', 'var/backups/db']],
        }),
      sample: wholeNumber({
        wanted: 'a number of files; write a whole number from 0 to 500',
        min: 0,
        max: 500,
        description: 'How many other files are chosen at random and restored.',
        default: 20,
      }),
      full: truth({ description: 'Restore everything, instead of some files.', default: false }),
      directory: path({
        template: false,
        description:
          'Where files are restored to, in a directory that is removed afterwards. Only the user of the daemon should be able to write there. Default: restore-check in stateDirectory.',
        examples: ['/srv/restore-check'],
      }),
      maxBytes: size({
        example: '1GiB',
        description:
          'The most that one check restores from a place. Larger files are never chosen at random.',
        default: '1GiB',
      }),
      minSize: size({
        example: '1MiB',
        description:
          'The smallest size that each required path may have, with everything below. Default: no limit.',
        examples: ['1MiB'],
      }),
      newerThan: duration({
        example: '2d',
        minMs: 1000,
        description:
          'In each required path, at least one file must have been changed within this time before the snapshot. Default: no limit.',
        examples: ['2d'],
      }),
      compareWith: text<string | null>({
        pattern: new RegExp(`^off$|${NAME_PATTERN.source}`),
        wanted: `the name of a backend, source or off; ${NAME_RULE}`,
        description:
          'The place whose copies of the same files are restored and compared, too: source, or the name of a backend. off: none. Default: the source or a backend that is a directory.',
        examples: ['source'],
        parse: (given) => ({ value: given === 'off' ? null : given }),
      }),
      command: command({
        description:
          'A program that checks what was restored, and exits with 0 if it is right. Its last argument is the directory. {client} stands for the name of the client.',
        examples: [['/usr/local/bin/check_restored']],
      }),
      deadline: duration({
        example: '10m',
        minMs: 1000,
        maxMs: DAY_MS,
        description: 'How long command may take before it is killed.',
        default: '10m',
      }),
    }),
  )
  .register(z.globalRegistry, {
    description:
      'Restores some files from one place after the other, and checks them. Needs source.password.',
  });
