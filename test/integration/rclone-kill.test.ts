import { testRcloneKills } from '../suites/rclone-kill.ts';

testRcloneKills([{ kind: 'MinIO', generation: 'newest', steps: 3, randomKills: 3 }], 6);
