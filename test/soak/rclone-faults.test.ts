import { generations } from '../support/tools.ts';
import { testEmptiedBucket, testLeftOutNames } from '../suites/rclone-faults.ts';

for (const generation of generations) {
  testLeftOutNames(generation);
  testEmptiedBucket(generation);
}
