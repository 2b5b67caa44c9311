import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { describeWithTools, generations, tool } from '../../support/tools.ts';
import { sampleReport } from './sample-report.ts';

for (const generation of generations) {
  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    test('has nothing to say about a scrape, the process included', async () => {
      const body = await createMetrics({ report: sampleReport }).scrape();
      const { status, stdout, stderr } = spawnSync(
        tool('promtool', generation),
        ['check', 'metrics'],
        { input: body, encoding: 'utf8' },
      );
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  });
}
