import * as z from 'zod/mini';
import { command } from '../../schema/command.ts';
import { keysOf, optionalKeys, WHEN_MAP } from '../../schema/keys.ts';

const WANTED = 'a map with one of file, env and command; never write the password itself here';
const FILE = 'is not an absolute path; write the path of a file that contains the password';
const ENV = 'is not the name of an environment variable; write e.g. AHOST_PASSWORD';

/** `source.password`. Errors do not repeat a value, because somebody may have written the password itself (I10). */
export const password = z
  .strictObject(
    optionalKeys({
      file: z
        .string({ error: FILE })
        .check(z.regex(/^\/[^\0]*$/, { error: FILE }))
        .register(z.globalRegistry, {
          description:
            'A file that contains only the password. Only the user of the daemon may read it. {client} stands for the name of the client.',
          examples: ['/etc/backup-syncd/secrets/{client}'],
        }),
      env: z
        .string({ error: ENV })
        .check(z.regex(/^[A-Za-z_]\w*$/, { error: ENV }))
        .register(z.globalRegistry, {
          description:
            'The name of an environment variable of the daemon that contains the password.',
          examples: ['AHOST_PASSWORD'],
        }),
      command: command({
        description:
          'A program that prints the password, run without a shell. {client} stands for the name of the client.',
        examples: [['/usr/local/bin/print_password', '{client}']],
      }),
    }),
    { error: `is not ${WANTED}` },
  )
  .check(
    z.superRefine((value, context) => {
      const { has, addProblem } = keysOf(value, context);
      const [first, ...more] = ['file', 'env', 'command'].filter(has);
      for (const key of more)
        addProblem(key, `cannot be combined with ${first ?? ''}; keep one of them`);
      if (first === undefined)
        context.addIssue({ code: 'custom', path: [], message: `is empty; it must be ${WANTED}` });
    }, WHEN_MAP),
  )
  .register(z.globalRegistry, {
    description:
      'Where the password of the repository comes from. Only restore checks, expect.paths and expect.hosts need it; everything else works without it.',
  });
