import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { listSettings, type Setting } from '../../../src/config/settings.ts';

const DAEMON = `defaults:
  source:
    directory: /srv/{client}
    poll: 5m
  expect: { copies: 3 }
  backends:
    - name: nas
      directory: /mnt/nas/{client}
    - { name: own, script: [/bin/copy, "{client}"], verify: { directory: "/v/{client}" } }
`;

function shown(client: string, daemon = DAEMON): string[] {
  const files = {
    client: { path: 'clients/a.yaml', text: client },
    daemon: { path: 'backup-syncd.yaml', text: daemon },
  };
  const [built] = parseConfig([files.daemon, files.client]).config?.clients ?? [];
  const settings = listSettings({ name: 'a', ...files }, built);
  const where = ({ file = 'default', line }: Setting) =>
    line === undefined ? file : `${file}:${line}`;
  return settings.map(
    (setting) => `${setting.key}=${JSON.stringify(setting.value)} ${where(setting)}`,
  );
}

test('an empty file has the values of the defaults, with the name filled in, and those of the program', () => {
  expect(shown('')).toEqual(
    expect.arrayContaining([
      'enabled=true default',
      'source.directory="/srv/a" backup-syncd.yaml:3',
      'source.poll="5m" backup-syncd.yaml:4',
      'source.watch=true default',
      'expect.copies=3 backup-syncd.yaml:5',
      'expect.snapshotEvery="24h" default',
      'backends.nas.directory="/mnt/nas/a" backup-syncd.yaml:8',
      'backends.own.script=["/bin/copy","a"] backup-syncd.yaml:9',
      'backends.own.verify={"directory":"/v/a"} backup-syncd.yaml:9',
    ]),
  );
});

test("a client's own values win, one by one in maps, and as a whole in lists", () => {
  const settings = shown(`enabled: false
source: { rclone: "x:y" }
expect:
  copies: 2
backends: [{ name: usb, directory: /usb }]`);
  expect(settings).toEqual(
    expect.arrayContaining([
      'enabled=false clients/a.yaml:1',
      'source.rclone="x:y" clients/a.yaml:2',
      'source.poll="5m" backup-syncd.yaml:4',
      'expect.copies=2 clients/a.yaml:4',
      'backends.usb.directory="/usb" clients/a.yaml:5',
    ]),
  );
  expect(settings.join('\n')).not.toMatch(/source\.(directory|watch)|nas/);
});

test('without backup-syncd.yaml, and with files that are wrong, what is written is shown', () => {
  const alone = listSettings({
    name: 'a',
    daemon: undefined,
    client: { path: 'clients/a.yaml', text: 'source: { directory: /a, surce: 1 }' },
  });
  expect(alone).toContainEqual({
    key: 'source.surce',
    value: 1,
    file: 'clients/a.yaml',
    line: 1,
  });
  expect(shown('source: [')).toContain('source.directory="/srv/a" backup-syncd.yaml:3');
  expect(shown('source: 7\nbackends: 8', 'defaults: 9')).toContain('enabled=true default');
});

test('defaults that follow from other settings are shown, where they apply', () => {
  const settings = shown(`source: { password: { file: /p } }
expect: { snapshotEvery: 14d, copies: 2 }
restoreCheck: { every: 7d }
backends:
  - { name: usb, directory: /usb, offline: 21d }
  - { name: b2, rclone: "b2:a" , maxLag: 2d, before: [/bin/wake] }
  - { name: own, script: [/bin/copy] }`);
  expect(settings).toEqual(
    expect.arrayContaining([
      'expect.grace="3d12h" default',
      'expect.seenWithin="21d (usb), 1d (b2)" default',
      'backends.usb.maxLag="21d" default',
      'backends.usb.minFree="1GiB" default',
      'backends.b2.maxLag="2d" clients/a.yaml:6',
      'backends.b2.probeEvery="1h" default',
      'backends.b2.listEvery="1d" default',
      'backends.b2.aroundDeadline="5m" default',
      'backends.own.deadline="24h" default',
      'restoreCheck.directory="/var/lib/backup-syncd/restore-check" default',
    ]),
  );
  expect(settings.join('\n')).not.toMatch(
    /own\.(maxLag|minFree|offline|listEvery|aroundDeadline)|usb\.(probeEvery|listEvery|aroundDeadline|deadline)|restoreCheck\.deadline/,
  );
  expect(shown('').join('\n')).not.toMatch(/restoreCheck/);
  expect(shown('', `${DAEMON}  restoreCheck: { every: 2d }`).join('\n')).not.toMatch(
    /restoreCheck/,
  );
  expect(shown('expect: { copies: 1 }')).toContain('expect.seenWithin="1d" default');
});
