import { EVERYTHING, rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('SeaweedFS', EVERYTHING);
