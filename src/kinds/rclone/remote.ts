import * as z from 'zod/mini';
import { describeInvalid } from '../../schema/values.ts';

const WANTED = 'an rclone remote; write its name, a colon and the path, e.g. b2:bucket/{client}';
const CONNECTION_STRING =
  'is a connection string: its values, including secrets, would be visible in the process list; define the remote in the file of rcloneConfig, or in the environment (RCLONE_CONFIG_NAME_TYPE and so on), and write NAME:path';
const REMOTE = /^([A-Za-z0-9_][\w.+@-]*):(.*)$/s;

/** `remote:path`, without a trailing slash. Errors do not repeat the value, because it may contain a secret (I10). */
export function remote(meta: { description: string; examples: readonly string[] }) {
  return z
    .pipe(
      z.string({ error: (issue) => describeInvalid(issue.input, WANTED) }),
      z.transform((given: string, { issues }) => {
        const wrong = findFault(given);
        if (wrong === undefined) return given.replace(/(?<=[^:/])\/+$/, '');
        issues.push({ code: 'custom', input: given, message: wrong });
        return z.NEVER;
      }),
    )
    .register(z.globalRegistry, { ...meta });
}

function findFault(given: string): string | undefined {
  const head = given.slice(0, given.lastIndexOf(':') + 1);
  if (given.startsWith(':') || /[,=]/.test(head)) return CONNECTION_STRING;
  const [, , path] = REMOTE.exec(given) ?? [];
  if (path === undefined) return describeInvalid(given, WANTED);
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  if (/[\0-\x1f]/.test(path)) return 'contains a control character, which no path should';
  if (path.split('/').includes('..')) return describeInvalid(given, 'a path without ".."');
  const foreign = [...path.matchAll(/\{[^}]*\}?/g)].find(([found]) => found !== '{client}')?.[0];
  if (foreign === undefined) return undefined;
  return `${JSON.stringify(given)} contains the unknown template ${foreign}; the only one is {client}`;
}
