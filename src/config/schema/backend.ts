import * as z from 'zod/mini';
import { checkKinds, keysOfRole } from '../../kinds/given-kind.ts';
import { KINDS } from '../../kinds/registry.ts';
import { DAY_MS } from '../../runtime/units.ts';
import { command } from '../../schema/command.ts';
import { keysOf, optionalKeys, WHEN_MAP } from '../../schema/keys.ts';
import {
  describeInvalid,
  duration,
  NAME_PATTERN,
  NAME_RULE,
  size,
  text,
} from '../../schema/values.ts';

/** One entry of `backends:`. */
const backend = z
  .strictObject({
    name: text({
      pattern: NAME_PATTERN,
      wanted: `a name; ${NAME_RULE}`,
      description: 'The name of this backend, in metrics and commands. Not "source".',
      examples: ['nas'],
      parse: (given) =>
        given === 'source'
          ? { wrong: 'is the name of the source itself; choose another name' }
          : { value: given },
    }),
    ...optionalKeys({
      ...keysOfRole(KINDS, 'backend'),
      maxLag: duration({
        example: '6h',
        minMs: 1000,
        description:
          'How far this backend may lag behind the source. Default: expect.copiesWithin, or offline if that is longer.',
        examples: ['6h'],
      }),
      offline: duration({
        example: '14d',
        minMs: 1000,
        description:
          'How long this backend may be away, for example a rotated disk. Until then its copies count, and no alert fires. Default: it should always be there.',
        examples: ['14d'],
      }),
      before: command({
        description:
          'A program that mounts or wakes the backend before a pass. If it fails, the pass does not run. {client} stands for the name of the client.',
        examples: [['/usr/local/bin/mount_usb']],
      }),
      after: command({
        description:
          'A program that releases the backend after a pass, whether the pass succeeded or not.',
        examples: [['/usr/local/bin/release_usb']],
      }),
      aroundDeadline: duration({
        example: '5m',
        minMs: 1000,
        maxMs: DAY_MS,
        description: 'How long before and after may each take before they are killed.',
        default: '5m',
      }),
      minFree: size({
        example: '1GiB',
        description: 'Nothing is sent to this backend when its disk has less free space than this.',
        default: '1GiB',
      }),
    }),
  })
  .check(z.superRefine(check, WHEN_MAP))
  .register(z.globalRegistry, { description: 'One place that replicas go to.' });

const MISSING = 'an absolute path; write it from the root, e.g. /mnt/nas';

function check(value: object, context: z.core.$RefinementCtx): void {
  const keys = keysOf(value, context);
  checkKinds(keys, KINDS, {
    role: 'backend',
    one: 'a backend is one place: keep one of them',
    missing: (others) => describeInvalid(undefined, `${MISSING}; or write ${others} instead`),
    foreign: (owner, key, kind) =>
      `belongs to a backend with ${owner}; ${kind?.backend?.misplaced?.[key] ?? 'this one has none: remove it'}`,
  });
  const { has, addProblem } = keys;
  if (has('aroundDeadline') && !has('before') && !has('after'))
    addProblem(
      'aroundDeadline',
      'only applies to before and after, and there is neither: remove it',
    );
  for (const kind of KINDS) if (has(kind.name)) kind.backend?.check?.(keys);
}

/** `backends:` of a client, or of the defaults; a list replaces the one of the defaults. */
export const backends = z
  .array(backend, {
    error: (issue) =>
      describeInvalid(
        issue.input,
        'a list of backends; write each as "- { name: …, directory: … }"',
      ),
  })
  .check(z.superRefine(reportSameNames, { when: ({ value }) => Array.isArray(value) }))
  .register(z.globalRegistry, {
    description: 'Where replicas go. A list replaces the whole list from the defaults.',
  });

function reportSameNames(list: readonly unknown[], context: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, entry] of list.entries()) {
    const name = nameOf(entry);
    if (name === undefined) continue;
    if (seen.has(name)) {
      const message = `${JSON.stringify(name)} is already the name of a backend above; choose another name`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
    seen.add(name);
  }
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return undefined;
  return typeof entry.name === 'string' ? entry.name : undefined;
}
