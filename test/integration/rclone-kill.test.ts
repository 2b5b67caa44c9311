import { testRcloneKills } from '../suites/rclone-kill.ts';

testRcloneKills(
  [
    { kind: 'local path', generation: 'debian12', steps: 2, randomKills: 3 },
    { kind: 'MinIO', generation: 'newest', steps: 3, randomKills: 3 },
  ],
  11,
);
