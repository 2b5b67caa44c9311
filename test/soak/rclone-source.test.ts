import { testRcloneSource } from '../suites/rclone-source.ts';

testRcloneSource([
  ['debian12', 'far'],
  ['newest', 'same'],
]);
