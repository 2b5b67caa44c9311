import { test } from '@jest/globals';
import { describeWithTools } from '../support/tools.ts';
import { Scenario } from '../suites/ransomware.ts';

// every attack, at a directory and at remotes, in the soak
describeWithTools(['newest/restic'], 'simulated ransomware', () => {
  test('everything at once at a directory: the backend keeps everything, and the alarm ends when someone acknowledges it', async () => {
    const options = { generation: 'newest', source: 'directory', backends: ['directory'] } as const;
    await (await Scenario.create(options)).suffer('everything at once');
  });
});
