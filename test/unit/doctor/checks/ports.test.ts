import { expect, test } from '@jest/globals';
import { judgePorts, type Port } from '../../../../src/doctor/checks/ports.ts';
import { serviceHintsOf } from '../../../../src/doctor/service-hints.ts';
import { packageVersion } from '../../../../src/runtime/package-files.ts';

const listen = { host: '127.0.0.1', port: 10_987 };
const version = packageVersion();
const judge = (found: Partial<Port>, running: string[] = []) =>
  judgePorts([{ listen, ...found }], running, serviceHintsOf(undefined));

test('a free port', () => {
  expect(judge({})).toEqual([{ severity: 'ok', message: '127.0.0.1:10987 is free' }]);
});

test('the daemon', () => {
  expect(judge({ daemon: { clients: ['a'], version } }, ['a'])).toEqual([
    { severity: 'ok', message: 'the daemon answers at 127.0.0.1:10987' },
  ]);
});

test('a daemon of another version', () => {
  const [found] = judge({ daemon: { clients: [], version: '0.0.9' } });
  expect(found?.severity).toBe('warning');
  expect(found?.message).toBe(
    `the daemon at 127.0.0.1:10987 is version 0.0.9, and this program is ${version}`,
  );
});

test.each([{ isTaken: true } as const, { refused: 'EADDRINUSE' }])('taken: %j', (found) => {
  expect(judge(found)).toMatchObject([
    {
      severity: 'error',
      message: 'another program listens at 127.0.0.1:10987',
      hint: expect.stringContaining("ss -ltnp 'sport = :10987'"),
    },
  ]);
});

test.each([
  ['EACCES', /only root/],
  ['EADDRNOTAVAIL', /does not have that address/],
  ['ENOTFOUND', /ENOTFOUND/],
])('%s', (refused, message) => {
  expect(judge({ refused })[0]?.message).toMatch(message);
});

test('a client that runs, and is at no port', () => {
  expect(judge({}, ['a'])).toMatchObject([
    { severity: 'ok' },
    { severity: 'error', client: 'a', hint: expect.stringContaining('restart') },
  ]);
});

test('port 0, which is any free port, is not judged', () => {
  expect(judgePorts([], ['a'], serviceHintsOf(undefined))).toEqual([]);
});

test('below runit, a hint restarts the service of the client', () => {
  const found: Port = { listen, daemon: { clients: ['a'], version: '0.0.9' } };
  const [old, hidden] = judgePorts([found], ['a', 'b'], serviceHintsOf('/etc/backup-syncd/runit'));
  expect(old?.hint).toBe(
    'restart it: sv -w 100 restart /etc/backup-syncd/runit/clients/a/services/backup-syncd',
  );
  expect(hidden?.hint).toContain('/runit/clients/b/services/backup-syncd');
});
