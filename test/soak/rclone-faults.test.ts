import { testEmptiedBucket, testLeftOutNames } from '../suites/rclone-faults.ts';
import { generations } from '../support/tools.ts';

for (const generation of generations) {
  testLeftOutNames(generation, 'all');
  testEmptiedBucket(generation);
}
