import { describe, expect, test } from '@jest/globals';
import { findForeignHost } from '../../../src/http/host-check.ts';

function isFine(
  host: string | string[],
  rule: { address?: string; allowedHosts?: string[]; target?: string } = {},
) {
  const { address = '127.0.0.1', allowedHosts, target = '/metrics' } = rule;
  const named = { hosts: typeof host === 'string' ? [host] : host, target };
  return findForeignHost(named, { address, allowedHosts }) === undefined;
}

describe('while it listens on a loopback address', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:10987',
    'localhost',
    'localhost:80',
    'LocalHost:10987',
    'localhost.',
    'localhost.:10987',
    '[::1]',
    '[::1]:10987',
    '[fe80::1%25eth0]:80',
    '192.168.1.5:10987',
    '',
  ])('the host %j is fine', (host) => {
    expect(isFine(host)).toBe(true);
  });

  test.each([
    'evil.example',
    'evil.example:10987',
    'EVIL.EXAMPLE.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example@127.0.0.1',
    'localhost@evil.example',
    '[evil.example]',
    '127.0.0.1:80:evil',
    'local host',
    '0x7f000001',
    '127.1',
  ])('the host %j is not', (host) => {
    expect(isFine(host)).toBe(false);
  });

  test('a request without a host is allowed, as in HTTP/1.0', () => {
    expect(isFine([])).toBe(true);
  });

  test('each of several hosts must be allowed', () => {
    expect(isFine(['localhost', 'evil.example'])).toBe(false);
  });

  test.each([
    'http://evil.example/metrics',
    'HTTP://evil.example:10987',
    'http://localhost@evil.example/',
  ])('the target %s counts as a host, too', (target) => {
    expect(isFine('localhost', { target })).toBe(false);
    expect(isFine('localhost', { target: 'http://127.0.0.1:10987/metrics' })).toBe(true);
  });

  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is one', (address) => {
    expect(isFine('evil.example', { address })).toBe(false);
  });
});

describe('while others can connect', () => {
  test.each(['0.0.0.0', '::', '192.168.1.5', '2001:db8::1'])(
    'any host is fine at %s',
    (address) => {
      expect(isFine('backup-syncd:10987', { address })).toBe(true);
    },
  );
});

describe('with allowedHosts', () => {
  test.each(['127.0.0.1', '0.0.0.0'])(
    'only these, addresses and localhost are fine at %s',
    (address) => {
      const rule = { address, allowedHosts: ['backup.example.org'] };
      expect(isFine('Backup.Example.Org.:443', rule)).toBe(true);
      expect(isFine('[::1]:10987', rule)).toBe(true);
      expect(isFine('localhost', rule)).toBe(true);
      expect(isFine('other.example.org', rule)).toBe(false);
      expect(isFine('backup.example.org', { ...rule, target: 'http://other.example.org/' })).toBe(
        false,
      );
    },
  );

  test('an empty list allows no name', () => {
    expect(isFine('evil.example', { address: '0.0.0.0', allowedHosts: [] })).toBe(false);
  });
});
