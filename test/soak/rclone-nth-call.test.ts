import { testNthCalls } from '../suites/rclone-nth-call.ts';

const EVERY = { stage: 1, which: 'every start' } as const;

testNthCalls([
  { ...EVERY, kind: 'local path', how: 'at once', generation: 'debian12' },
  { ...EVERY, kind: 'MinIO', how: 'afterwards', generation: 'newest' },
  { ...EVERY, kind: 'MinIO', how: 'for ever', generation: 'debian12' },
]);
