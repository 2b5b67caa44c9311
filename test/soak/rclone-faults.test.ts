import { testEmptiedBucket, testLeftOutNames } from '../suites/rclone-faults.ts';
import { testWrongListings } from '../suites/wrong-answers.ts';
import { generations } from '../support/tools.ts';

testWrongListings('all');
for (const generation of generations) {
  testLeftOutNames(generation, 'all');
  testEmptiedBucket(generation);
}
