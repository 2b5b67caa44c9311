import { expect, test } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { PREFIX } from '../../../src/metrics/names.ts';
import { Rendering, TEXT } from '../../../src/metrics/rendering.ts';

const pause = async () => undefined;

test('a metric that could not be written once is written the next time', async () => {
  const registry = new Registry();
  let isBroken = true;
  new Gauge({
    name: `${PREFIX}moody`,
    help: 'Fails the first time.',
    registers: [registry],
    collect() {
      if (isBroken) throw new Error('not now');
      this.set(1);
    },
  });
  const rendering = new Rendering(registry, TEXT);
  await expect(rendering.write(pause)).rejects.toThrow('not now');
  isBroken = false;
  expect(await rendering.write(pause)).toContain(`\n${PREFIX}moody 1\n`);
});

test('a metric is written again only when it has changed, and other work runs after each', async () => {
  const registry = new Registry();
  const [one, other] = ['one', 'other'].map((name) => {
    return new Gauge({ name: PREFIX + name, help: 'A number.', registers: [registry] });
  });
  const rendering = new Rendering(registry, TEXT);
  let pauses = 0;
  const write = () =>
    rendering.write(async () => {
      pauses++;
    });
  expect(await write()).toMatch(/one 0\n[^]*other 0\n/);
  expect(pauses).toBe(2);
  one?.set(1);
  other?.set(1);
  rendering.forget(`${PREFIX}one`);
  expect(await write()).toMatch(/one 1\n[^]*other 0\n/);
});
