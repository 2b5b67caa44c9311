import { testHostileServer } from '../suites/hostile-server.ts';
import { testEmptiedBucket, testLeftOutNames } from '../suites/rclone-faults.ts';

// all of it, with both generations, in the soak
testHostileServer('newest', ['lost']);
testLeftOutNames('debian12', 'some');
testEmptiedBucket('newest');
