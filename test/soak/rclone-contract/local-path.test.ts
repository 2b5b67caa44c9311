import { EVERYTHING, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('local path', EVERYTHING);
