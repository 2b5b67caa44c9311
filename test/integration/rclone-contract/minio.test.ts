import { CORE, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('MinIO', CORE);
