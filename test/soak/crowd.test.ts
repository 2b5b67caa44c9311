import { expect, test } from '@jest/globals';
import { startDaemon } from '../support/cli.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** Starts many daemons at once where another was killed: one of them takes the client over. */
function testCrowd(size: number): void {
  describeWithTools(['newest/restic'], 'many daemons at once', () => {
    test(`of ${size} daemons that start after a kill -9, exactly one keeps running`, async () => {
      const { path } = await seedRepository('newest');
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const first = await syncd.start();
      await first.untilComplete('near', 2);
      first.process.killGroup('SIGKILL');
      await first.process.exited;
      const env = syncd.environment();
      const crowd = Array.from({ length: size }, () => startDaemon(['run'], { env }));
      const ended = new Map<number, { code: number | null; stderr: string }>();
      for (const daemon of crowd) {
        void daemon.exited.then(({ code }) =>
          ended.set(daemon.pid, { code, stderr: daemon.stderr() }),
        );
      }
      await waitFor(() => ended.size >= size - 1, {
        what: 'all but one to give up',
        timeoutMs: 150_000,
      });
      const survivors = crowd.filter(({ pid }) => !ended.has(pid));
      expect(survivors).toHaveLength(1);
      const [survivor] = survivors;
      const endings = [...ended.values()].map(({ code, stderr }) => ({
        code,
        names: stderr.includes(`process ${survivor?.pid ?? ''}`),
      }));
      // some may have seen one that held it for a moment only
      expect(endings.filter(({ code }) => code !== 75)).toEqual([]);
      expect(endings.filter(({ names }) => !names)).toEqual([]);
      await survivor?.waitForLine(/page and metrics at/);
      const result = await syncd.sync();
      expect(result).toMatchObject({ code: 0, backends: [{ outcome: 'nothing' }] });
      expect(await survivor?.stop()).toEqual({ code: 0, signal: null });
    }, 400_000);
  });
}

testCrowd(50);
