import { expect, test } from '@jest/globals';
import { sharesAddress } from '../../../src/config/shared-address.ts';
import type { ClientConfig, Listen } from '../../../src/config/types.ts';

const listen = { host: '127.0.0.1', port: 10_987 };
const client = (name: string, own?: Listen) =>
  ({ name, ...(own !== undefined && { listen: own }) }) as ClientConfig;
const other = (config: readonly ClientConfig[], one: ClientConfig) =>
  sharesAddress({ clients: config, listen }, one)?.name;

test('two clients share an address that both have, or that neither has', () => {
  expect(other([client('a'), client('b')], client('b'))).toBe('a');
  expect(other([client('a'), client('b', listen)], client('b', listen))).toBe('a');
  expect(other([client('a')], client('b', { ...listen, port: 10_988 }))).toBeUndefined();
  expect(other([client('a')], client('b', { ...listen, host: '127.0.0.2' }))).toBeUndefined();
});

test('a client shares nothing with itself, nor with any free port', () => {
  expect(other([client('a')], client('a'))).toBeUndefined();
  const free = { ...listen, port: 0 };
  expect(other([client('a', free)], client('b', free))).toBeUndefined();
});

test.each([
  ['every address of this machine, and one of them', ['0.0.0.0', '127.0.0.1'], true],
  ['every address of this machine, and a name', ['0.0.0.0', 'this-machine'], true],
  ['every IPv4 address, and an IPv6 address', ['0.0.0.0', '::1'], false],
  ['every IPv6 address, which Linux takes for IPv4, too', ['::', '0.0.0.0'], true],
  ['localhost, and what it stands for', ['localhost', '127.0.0.1'], true],
  ['localhost, which may be IPv6', ['localhost', '::1'], true],
  ['localhost, and an address of the network', ['localhost', '192.0.2.1'], false],
  ['two spellings of an IPv6 address', ['::1', '0:0:0:0:0:0:0:1'], true],
  ['two spellings of a name', ['LocalHost', 'localhost'], true],
  ['two names, which may stand for anything', ['this-machine', 'this-machine.example.org'], false],
  ['what is no host', ['%', '127.0.0.1'], false],
])('hosts of two listeners: %s', (_, hosts, expected) => {
  const [a, b] = hosts.map((host, n) => client(`${n}`, { host, port: 11_001 }));
  for (const [given, others] of [
    [a, b],
    [b, a],
  ] as [ClientConfig, ClientConfig][])
    expect(other([others], given) !== undefined).toBe(expected);
});
