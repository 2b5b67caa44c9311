import { EVERYTHING, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('rclone serve s3', EVERYTHING);
