import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { editYaml, setInYaml } from '../../../../src/config/edit/edit-yaml.ts';

const OFF = { enabled: false, disabled: { reason: 'sold: "for good"', by: 'anna (1000)' } };
const ON = { enabled: undefined, disabled: undefined };

const HAND_WRITTEN = `# yaml-language-server: $schema=client.schema.json

# the house server
source: { directory: /srv/a } # an SSD

expect:
  snapshotEvery: 7d # weekly

backends:
# both on one shelf
- name: nas
  directory: "/mnt/nas/a"   # the big one
# - name: usb
# the end
`;

test('new keys come last, and everything else stays as a person wrote it', () => {
  const off = editYaml(HAND_WRITTEN, OFF) ?? '';
  expect(off.slice(0, HAND_WRITTEN.length)).toBe(HAND_WRITTEN);
  expect(parse(off)).toEqual({ ...(parse(HAND_WRITTEN) as object), ...OFF });
});

test('what is added and removed again leaves the file as it was', () => {
  expect(editYaml(editYaml(HAND_WRITTEN, OFF) ?? '', ON)).toBe(HAND_WRITTEN);
  const between = `enabled: false\ndisabled:\n  reason: sold\n\n${HAND_WRITTEN}`;
  expect(editYaml(between, ON)).toContain(HAND_WRITTEN.trimEnd());
});

test('a removed key leaves its comments', () => {
  const text = `source: /a
# until spring
enabled: false # ask anna
disabled:
  # by phone
  reason: storage # box 7
# of all
expect: {}
`;
  const after = editYaml(text, ON) ?? '';
  expect(parse(after)).toEqual({ source: '/a', expect: {} });
  for (const comment of ['until spring', 'ask anna', 'by phone', 'box 7', 'of all'])
    expect(after).toContain(`# ${comment}`);
  expect(editYaml('enabled: false # ask anna\n', ON)).toContain('# ask anna');
});

test('a map that is replaced leaves its comments', () => {
  const text = `disabled: # by phone
  # moved
  reason: storage # box 7
  # until spring

# of all
expect: {}
formerly: [a] # a laptop
`;
  const after = editYaml(text, { ...OFF, formerly: ['b', 'a'] }) ?? '';
  expect(parse(after)).toEqual({ ...OFF, expect: {}, formerly: ['b', 'a'] });
  for (const comment of ['by phone', 'moved', 'box 7', 'until spring', 'of all', 'a laptop'])
    expect(after).toContain(`# ${comment}`);
});

test.each(['', '# nothing yet\n'])('a file without keys is as it was after both: %j', (text) => {
  expect(editYaml(editYaml(text, OFF) ?? '', ON)).toBe(text);
  const reason = 'ticket #12';
  const off = editYaml(text, { enabled: false, disabled: { reason } }) ?? '';
  expect(editYaml(off, ON)?.trim()).toBe(text.trim());
});

test('a value that is replaced keeps the comment beside it', () => {
  expect(editYaml('enabled: true # for now\n', { enabled: false })).toBe(
    'enabled: false # for now\n',
  );
});

test.each(['', '# nothing yet\n', '{}', '{"source": {"directory": "/a"}}', 'a: 1\r\nb: 2\r\n'])(
  'any map can be changed: %j',
  (text) => {
    const after = editYaml(text, OFF) ?? '';
    expect(parse(after)).toEqual({ ...(parse(text) as object | null), ...OFF });
    if (text.includes('nothing yet')) expect(after).toContain('# nothing yet');
    expect(after.replaceAll('\r\n', '').includes('\n')).toBe(!text.includes('\r\n'));
  },
);

test.each(['[1]', 'text', 'a: [', 'a: 1\na: 2\n', 'a: 1\n---\nb: 2\n'])(
  'a text that is no map is not touched: %j',
  (text) => {
    expect(editYaml(text, OFF)).toBeUndefined();
  },
);

test('of any map, only the keys that are changed have other values', () => {
  const name = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), fc.boolean(), fc.boolean(), (...given) => {
      const [generated, isOff, isFlow] = given;
      const value = JSON.parse(JSON.stringify(generated)) as typeof generated; // JSON has no -0
      const text = isFlow ? JSON.stringify(value) : stringify(value);
      const { enabled: _, disabled: __, ...rest } = value;
      const after = editYaml(text, isOff ? OFF : ON);
      expect(parse(after ?? '')).toEqual(isOff ? { ...rest, ...OFF } : rest);
    }),
  );
});

test('aliases are kept, and a change that would break one is refused', () => {
  const text = 'a: &a { x: 1 }\nb: *a\nenabled: &off false\nlater: *off\n';
  const after = editYaml(text, { c: 2 }) ?? '';
  expect(after).toBe(`${text}c: 2\n`);
  expect(editYaml(text, { enabled: undefined })).toBeUndefined();
  expect(setInYaml(text, ['b', 'x'], 2)).toBeUndefined();
});

test('a file that says null can be changed like an empty one', () => {
  expect(parse(editYaml('null\n', OFF) ?? '')).toEqual(OFF);
  expect(parse(editYaml('# why\n~ # nothing\n', OFF) ?? '')).toEqual(OFF);
});

test('a # in a value is no comment, and one beside a block of text is', () => {
  expect(editYaml('a:   1\ndisabled: { reason: "#12" }\n', ON)).toBe('a:   1\n');
  const block = 'a: 1\ndisabled:\n  reason: | # by phone\n    # 12\n';
  expect(editYaml(block, ON)).toContain('# by phone');
});
