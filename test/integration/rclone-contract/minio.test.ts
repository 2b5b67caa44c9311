import { GATE, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('MinIO', GATE);
