import { expect, test } from '@jest/globals';
import { hostNames } from '../../../../src/config/schema/host-names.ts';
import { listen } from '../../../../src/config/schema/listen.ts';

const address = listen({ description: 'Where to listen.' });

test.each([
  ['127.0.0.1:10987', { host: '127.0.0.1', port: 10_987 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
])('%s is an address to listen on', (text, value) => {
  expect(address.parse(text)).toEqual(value);
});

test.each(['10987', ':10987', '::1:10987', 'host:', 'a b:1', 'host:65536', 'http://host:1'])(
  '%s is not one',
  (text) => {
    expect(address.safeParse(text).success).toBe(false);
  },
);

test('names of hosts are compared in lower case, without the dot of a full name', () => {
  expect(hostNames.parse(['Backup.Example.ORG.', 'nas'])).toEqual(['backup.example.org', 'nas']);
});

test.each(['*.example.org', 'https://a', 'a:80', 'a/b', ''])('%j is no name of a host', (name) => {
  expect(hostNames.safeParse([name]).success).toBe(false);
});
