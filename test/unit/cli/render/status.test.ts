import { describe, expect, test } from '@jest/globals';
import { showStatus } from './show-status.ts';
import type { Picture } from '../../../../src/report/types.ts';
import {
  freshClient,
  SAMPLE_GROUPS,
  sampleClient,
  sampleReport,
  sampleSource,
  scriptedClient,
  troubledClient,
} from '../../metrics/sample-report.ts';
import { away, fleet } from '../../report/fleet.ts';

describe('status', () => {
  test('one disk away and 60 clients: the cause once, and a line for each client', () => {
    const lines = showStatus(fleet(60, away));
    expect(lines.slice(0, 5)).toEqual([
      'WARNING usb is not mounted: all 60 clients',
      '  for example host-01: usb is not mounted: its marker is missing from /mnt/usb/host-01, and it was complete before',
      '  mount its disk; or run: backup-syncd backend init --new-disk ahost usb',
      '',
      'CLIENT   STATE    COPIES  NEWEST',
    ]);
    expect(lines[5]).toBe('host-01  WARNING  3       3h ago  usb is not mounted');
    expect(lines.at(-1)).toBe('60 of 60 clients need attention');
    expect(lines).toHaveLength(67);
  });

  test('names the clients if not all are affected, and shows one finding in full', () => {
    const lines = showStatus(fleet(4, (index) => (index < 2 ? away(index) : {})));
    expect(lines.slice(0, 2)).toEqual([
      'WARNING usb is not mounted: 2 clients',
      '  host-01, host-02',
    ]);
    const [only] = showStatus(fleet(4, (index) => (index === 2 ? away(index) : {})));
    expect(only).toBe(
      'WARNING host-03: usb is not mounted: its marker is missing from /mnt/usb/host-03, and it was complete before',
    );
  });

  test('the line of a healthy client says what is due next', () => {
    expect(showStatus(fleet(2))).toEqual([
      'CLIENT   STATE  COPIES  NEWEST',
      'host-01  ok     3       3h ago  next snapshot due in 1d 3h',
      'host-02  ok     3       3h ago  next snapshot due in 1d 3h',
      '',
      'Both clients are fine',
    ]);
  });

  test('only some, as the filter says; the last line counts all', () => {
    const lines = showStatus(
      fleet(3, (index) => (index === 1 ? away(index) : {})),
      { states: ['ok'] },
    );
    expect(lines.slice(1)).toEqual([
      'host-01  ok     3       3h ago  next snapshot due in 1d 3h',
      'host-03  ok     3       3h ago  next snapshot due in 1d 3h',
      '',
      '1 of 3 clients needs attention',
    ]);
  });

  test('with details, each client in every place', () => {
    expect(showStatus(fleet(1, away), { isDetailed: true }).slice(3)).toEqual([
      'host-01',
      '  WARNING 3 copies (3 required), next snapshot due in 1d 3h',
      'PLACE   STATE        NEWEST  LAG',
      'source  readable     3h ago       31 snapshots, 200 GiB',
      'nas     up to date   3h ago  0    31 complete',
      'usb     not mounted  3h ago  0    31 complete',
      '',
      'The client needs attention',
    ]);
  });

  test('one client: why a restore check had no result', () => {
    const restores = { checkedAt: 0, message: 'restic says that the password is wrong' };
    const source = sampleSource({ restores });
    const report = sampleReport({ clients: [sampleClient({ source })], refused: [] });
    expect(showStatus(report, { isDetailed: true }).join('\n')).toMatch(
      /^source .*; no restore check has had a result yet; restic says that the password is wrong$/m,
    );
  });

  test('one client: the newest snapshot of each expected host and path', () => {
    const report = sampleReport({
      clients: [sampleClient({ groups: SAMPLE_GROUPS })],
      refused: [],
    });
    const lines = showStatus(report, { isDetailed: true });
    const at = lines.findIndex((line) => line.startsWith('EXPECTED'));
    expect(lines.slice(at, at + 4)).toEqual([
      'EXPECTED        STATE       NEWEST',
      '/etc from web   up to date  3h ago  next snapshot due in 1d 3h',
      '/home from web  overdue     2d ago  snapshot overdue by 18h',
      '  read from nas 3h ago',
    ]);
  });

  test('one client: a path that no daemon has seen in the configuration yet is not due', () => {
    const path = { path: '/srv', graceMs: 0 };
    const expected = [
      { ...path, snapshotEveryMs: 1000 },
      { ...path, snapshotEveryMs: null },
    ];
    const report = sampleReport({ clients: [sampleClient({ groups: { expected } })], refused: [] });
    const text = showStatus(report, { isDetailed: true }).join('\n');
    expect(text).toMatch(
      /^\/srv +unknown +- +-\n\/srv +unknown +- +no snapshot required\n {2}not read yet/m,
    );
  });

  test('one client: an overdue path is unknown while a snapshot was not read', () => {
    const groups = { ...SAMPLE_GROUPS, unread: 2 };
    const report = sampleReport({ clients: [sampleClient({ groups })], refused: [] });
    const text = showStatus(report, { isDetailed: true }).join('\n');
    expect(text).toContain('/etc from web   up to date');
    expect(text).toContain('/home from web  unknown');
    expect(text).toContain('read from nas 3h ago, 2 snapshots not read yet');
  });

  test('too few copies are shown with the required number', () => {
    expect(showStatus({ ...fleet(0), clients: [troubledClient()] }).join('\n')).toMatch(
      /^db {6}CRITICAL {2}2 \(3 required\), 1 not reachable {2}3h ago/m,
    );
  });

  test('that no daemon runs comes first', () => {
    const lines = showStatus(fleet(2), { remembered: ['host-01'] });
    expect(lines.at(-1)).toBe('Both clients are fine, as last known');
    expect(lines.slice(0, 2)).toEqual([
      'no daemon is running for host-01: this is the last known state (start it with: backup-syncd run)',
      '',
    ]);
    expect(showStatus(fleet(1), { remembered: ['host-01'] })[0]).toMatch(/^no daemon is running: /);
  });

  test('says so when nothing is configured', () => {
    expect(showStatus(fleet(0))).toEqual([
      'UNKNOWN no client is configured',
      '  to add the first one, run: backup-syncd client add NAME --source PATH',
      '',
      'No clients yet',
    ]);
  });
});

describe('in 60 columns', () => {
  const long = 'a-client-with-a-very-long-name-of-some-customer.example.org';
  const pictures: readonly [string, Picture][] = [
    ['all states', sampleReport()],
    ['one disk away', fleet(60, away)],
    ['a long name', { ...fleet(2), clients: [sampleClient({ client: long }), scriptedClient()] }],
    ['nothing known', { ...fleet(0), clients: [freshClient()] }],
  ];
  const views = pictures.flatMap(([name, picture]) =>
    [false, true].map((isDetailed) => ({ name, picture, isDetailed })),
  );

  test.each(views)(
    '$name, details $isDetailed: fits, and cuts nothing',
    ({ picture, isDetailed }) => {
      const narrow = showStatus(picture, { width: 60, isDetailed });
      const words = new Set(narrow.flatMap((line) => line.trim().split(/ +/)));
      // only a single word, or a command to copy, is longer than a line
      for (const line of narrow)
        expect(line.length <= 60 || /^ *(\S+|backup-syncd .+)$/.test(line)).toBe(true);
      for (const { client, findings } of picture.clients) {
        expect(narrow.join('\n')).toContain(client);
        if (picture.clients.length < 10)
          for (const { message } of findings)
            for (const word of message.split(' ')) expect(words).toContain(word);
      }
    },
  );

  test('columns are dropped before text wraps badly', () => {
    const [header, row] = showStatus(fleet(1), { width: 60 });
    expect(header).toBe('CLIENT   STATE  COPIES  NEWEST');
    expect(row).toBe('host-01  ok     3       3h ago  next snapshot due in 1d 3h');
    expect(showStatus(fleet(1), { width: 40 }).slice(0, 3)).toEqual([
      'CLIENT   STATE',
      'host-01  ok     next snapshot due in 1d',
      '                3h',
    ]);
  });
});
