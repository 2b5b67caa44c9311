import fc from 'fast-check';
import { type Planted, VICTIMS } from '../support/surroundings.ts';

/** Paths that lead out of a place, or would if they were joined or normalised. */
export const hostilePath: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['../source/config', '../../source/config', '/etc/passwd', '..', '.', '', '/', '~root'],
    ...['index/../../source/config', '../sibling', '.backup-syncd/../../elsewhere/notes'],
    ...['config', './config', 'link/config', 'keys/../config', '__proto__', '%2e%2e/source/config'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const hostileValue = fc.oneof(
  hostilePath,
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(-1, 0.5, 2 ** 53, -(2 ** 63), 1e308, null, '\u001B[2J', '9999-12-31T00:00:00Z'),
);

/** Possible content of a file that is read as JSON, as a list, or as anything. */
export function hostileContent(fields: readonly string[]): fc.Arbitrary<string | Uint8Array> {
  return fc.oneof(
    fc.dictionary(fc.constantFrom(...fields), hostileValue).map((value) => JSON.stringify(value)),
    fc.array(hostilePath).map((lines) => lines.join('\n')),
    fc.uint8Array({ maxLength: 200 }),
  );
}

/** Things of any type, at any of these paths. */
export function planted(
  path: fc.Arbitrary<string>,
  content: fc.Arbitrary<string | Uint8Array>,
): fc.Arbitrary<Planted> {
  const mtimeMs = fc.constantFrom(0, -86_400_000, 1e12, 253_402_300_799_000);
  const to = fc.constantFrom(...VICTIMS);
  const what = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('file' as const), content, mtimeMs }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('directory' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('symlink' as const), to }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('hard link' as const), to }) },
  );
  return fc.record({ path, what });
}

/** The name of one file: anything but a separator. */
export const fileName: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom('\u001B[2J', '\u202Egnp', 'a\nb', '-rf', '.hidden', 'config', '..x', '\uD800'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  )
  .map((name) => name.replaceAll(/[/\0]/g, '_'))
  .filter((name) => name !== '.' && name !== '..');
