import { rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('MinIO');
