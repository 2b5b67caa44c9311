import { GATE, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('local path', GATE);
