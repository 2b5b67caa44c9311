import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { movedText } from '../../../../src/config/edit/move-backend.ts';
import { renamedText } from '../../../../src/config/edit/rename-client.ts';
import { parseConfig } from '../../../../src/config/parse.ts';

const DAEMON = {
  path: 'backup-syncd.yaml',
  text: `defaults:
  source: { directory: "/srv/{client}", poll: 5m }
  backends:
    - { name: nas, directory: "/mnt/nas/{client}" }
    - { name: b2, rclone: "b2:x/{client}", rcloneConfig: /r.conf } # far
`,
};

/** The places and settings of the client in the file that is named after it. */
function clientOf(name: string, text: string) {
  const { config } = parseConfig([DAEMON, { path: `clients/${name}.yaml`, text }]);
  const { name: _, file: __, formerly, ...client } = config?.clients[0] ?? { name, file: '' };
  return { client, formerly };
}

test.each([
  '',
  '# nothing\n',
  'expect: { copies: 2 }\n',
  'source: { poll: 7m } # rarely\n',
  'source: { rclone: "a:{client}", rcloneConfig: /r.conf }\n',
  'source:\n  # an SSD\n  poll: 7m\nbackends: []\n',
  'backends:\n- name: own\n  script: [/bin/copy, "{client}"]\nformerly: [older]\n',
])('a renamed client keeps its places and its settings: %j', (text) => {
  const client = { path: 'clients/old.yaml', text };
  const renamed = renamedText({ name: 'old', client, daemon: DAEMON }) ?? '';

  const { formerly = [], ...before } = clientOf('old', text);
  expect(clientOf('new', renamed)).toEqual({ ...before, formerly: ['old', ...formerly] });
  for (const [comment] of text.matchAll(/# .*/g)) expect(renamed).toContain(comment);
});

test('a file that is no map cannot be renamed', () => {
  const client = { path: 'clients/old.yaml', text: '[1]' };
  expect(renamedText({ name: 'old', client, daemon: undefined })).toBeUndefined();
});

test('a moved backend has another place, and nothing else changes', () => {
  const text = 'backends:\n# on the shelf\n- name: nas\n  directory: "/a" # old\n  minFree: 2GiB\n';
  const client = { path: 'clients/c.yaml', text };
  expect(movedText({ name: 'c', client, daemon: DAEMON }, { backend: 'nas', to: '/b c' })).toBe(
    text.replace('"/a"', '/b c'),
  );
});

test('a backend of the defaults moves for one client alone', () => {
  const client = { path: 'clients/c.yaml', text: '# mine\n' };
  const text =
    movedText({ name: 'c', client, daemon: DAEMON }, { backend: 'b2', to: 'b3:y' }) ?? '';
  expect(text).toMatch(/^# mine\n/);
  expect(parse(text)).toEqual({
    backends: [
      { name: 'nas', directory: '/mnt/nas/{client}' },
      { name: 'b2', rclone: 'b3:y', rcloneConfig: '/r.conf' },
    ],
  });
});

test.each([
  ['nas', 'b2:x'],
  ['nas', 'relative'],
  ['b2', '/mnt/b2'],
  ['usb', '/mnt/usb'],
])('backend %s cannot move to %s', (backend, to) => {
  const client = { path: 'clients/c.yaml', text: '' };
  expect(movedText({ name: 'c', client, daemon: DAEMON }, { backend, to })).toBeUndefined();
});
