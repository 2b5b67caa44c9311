import { testNthCalls } from '../suites/rclone-nth-call.ts';

const S3 = { kind: 'MinIO', stage: 1, which: 'one of each verb' } as const;

testNthCalls([
  { ...S3, how: 'at once', generation: 'newest' },
  { ...S3, how: 'afterwards', generation: 'debian12' },
]);
