import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { choosePort, requirePort } from '../../../../src/cli/demo/choose-port.ts';
import { onCleanUp } from '../../../support/clean-up.ts';

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('a requested port is used, or reported as taken', async () => {
  const port = await takenPort();
  await expect(choosePort(port)).rejects.toMatchObject({
    exitCode: 69,
    message: expect.stringContaining(`127.0.0.1:${port}: another program`),
  });
  const { port: free, isOther } = await choosePort(0);
  expect(free).toBeGreaterThan(0);
  expect(isOther).toBe(false);
});

test('a port is a whole number of two bytes', () => {
  for (const port of [undefined, 0, 1, 65_535]) expect(() => requirePort(port)).not.toThrow();
  for (const port of [-1, 65_536, 1.5, NaN]) expect(() => requirePort(port)).toThrow('--port');
});
