import { expect, test } from '@jest/globals';
import { textOf, type Line } from '../../../src/cli/render/line.ts';
import { watchStatus } from '../../../src/cli/watch-status.ts';
import { EXIT, ExitError } from '../../../src/cli/exit-error.ts';

const TIME = '2026-03-01 12:00:00 UTC';

function rig() {
  const controller = new AbortController();
  const lines: string[] = [];
  const context = {
    out: (line: Line) => void lines.push(textOf(line)),
    clock: { now: () => Date.UTC(2026, 2, 1, 12), random: () => 0 },
    signals: { stop: controller.signal },
  } as unknown as Parameters<typeof watchStatus>[0];
  return { controller, lines, context };
}

test('on a terminal, each refresh replaces the last one, until it is stopped', async () => {
  const { controller, context } = rig();
  const frames: string[][] = [];
  let looks = 0;
  const redraw = (lines: readonly Line[]) => {
    frames.push(lines.map(textOf));
    if (frames.length === 2) controller.abort();
  };

  await expect(
    watchStatus({ ...context, redraw }, () => Promise.resolve([`look ${(looks += 1)}`])),
  ).rejects.toMatchObject({ name: 'AbortError' });

  expect(frames).toEqual([
    [TIME, '', 'look 1'],
    [TIME, '', 'look 2'],
  ]);
});

test('elsewhere, each look is a block, and what goes wrong is shown', async () => {
  const { controller, lines, context } = rig();
  const look = () => Promise.reject(new ExitError(EXIT.unavailable, 'no answer', 'look there'));

  const watching = watchStatus({ ...context, redraw: undefined }, look);
  setImmediate(() => controller.abort());
  await expect(watching).rejects.toMatchObject({ name: 'AbortError' });

  expect(lines).toEqual([TIME, '', 'no answer', 'look there', '']);
});
