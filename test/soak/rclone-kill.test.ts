import { testRcloneKills } from '../suites/rclone-kill.ts';

testRcloneKills(
  [
    { kind: 'local path', generation: 'debian12', steps: 2, randomKills: 18 },
    { kind: 'sftp', generation: 'debian12', steps: 2, randomKills: 12 },
    { kind: 'WebDAV', generation: 'newest', steps: 2, randomKills: 12 },
    { kind: 'MinIO', generation: 'debian12', steps: 2, randomKills: 18 },
    { kind: 'rclone serve s3', generation: 'newest', steps: 2, randomKills: 15 },
    { kind: 'SeaweedFS', generation: 'newest', steps: 2, randomKills: 14 },
    { kind: 'local path', isCrypt: true, generation: 'newest', steps: 1, randomKills: 4 },
    { kind: 'MinIO', isCrypt: true, generation: 'newest', steps: 1, randomKills: 4 },
  ],
  108,
);
