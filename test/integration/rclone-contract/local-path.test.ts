import { rcloneContract, WHOLE } from '../../contract/rclone-contract.ts';

rcloneContract('local path', WHOLE);
