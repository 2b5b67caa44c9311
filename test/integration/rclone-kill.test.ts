import { testRcloneKills } from '../suites/rclone-kill.ts';

testRcloneKills([{ kind: 'MinIO', generation: 'newest', steps: 2, randomKills: 2 }], 4);
