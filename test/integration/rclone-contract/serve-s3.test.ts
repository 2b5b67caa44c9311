import { CORE, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('rclone serve s3', CORE);
