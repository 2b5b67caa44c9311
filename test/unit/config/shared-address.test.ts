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
