import { testNthCalls } from '../suites/rclone-nth-call.ts';

testNthCalls([
  { kind: 'MinIO', stage: 1, which: 'one of each verb', how: 'at once', generation: 'newest' },
]);
