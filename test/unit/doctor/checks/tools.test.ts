import { expect, test } from '@jest/globals';
import { judgeTools } from '../../../../src/doctor/checks/tools.ts';

const severities = (found: Record<string, string>, needs: [string, string][] = []) =>
  judgeTools(found, new Map(needs)).map(({ severity }) => severity);

test('tools that are there', () => {
  expect(judgeTools({ restic: '0.19.0', rclone: '1.75.1' }, new Map())).toEqual([
    { severity: 'ok', message: 'restic 0.19.0' },
    { severity: 'ok', message: 'rclone 1.75.1' },
  ]);
});

test('a missing tool is an error where something needs it', () => {
  expect(severities({})).toEqual(['ok', 'ok']);
  const [restic, rclone] = judgeTools({}, new Map([['rclone', 'reaches b2 of ahost']]));
  expect(restic?.severity).toBe('ok');
  expect(rclone).toEqual({
    severity: 'error',
    message: 'rclone, which reaches b2 of ahost, is not on PATH, or does not report its version',
    hint: 'install its package: apt install rclone',
  });
});

test.each([
  ['0.14.0', 'ok'],
  ['0.14', 'ok'],
  ['0.13.9', 'warning'],
  ['0.9.6', 'warning'],
  ['0.100.0-dev', 'ok'],
  ['1.0', 'ok'],
])('restic %s: %s', (version, severity) => {
  expect(severities({ restic: version, rclone: '1.60.1-DEV' })).toEqual([severity, 'ok']);
});
