import { EVERYTHING, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('sftp', EVERYTHING);
