import { test } from '@jest/globals';
import { describeWithTools } from '../support/tools.ts';
import { Scenario } from '../suites/ransomware.ts';

describeWithTools(['newest/restic', 'newest/rclone'], 'simulated ransomware', () => {
  test('everything at once at a directory: the backend keeps everything, and the alarm ends when someone acknowledges it', async () => {
    const options = { generation: 'newest', source: 'directory', backends: ['directory'] } as const;
    await (await Scenario.create(options)).suffer('everything at once');
  });

  test('overwritten objects at a remote reach neither a directory nor a remote', async () => {
    const backends = ['directory', 'remote'] as const;
    const options = { generation: 'newest', source: 'remote', backends } as const;
    await (await Scenario.create(options)).suffer('objects are overwritten with another size');
  });
});
