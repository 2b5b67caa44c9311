import { rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('SeaweedFS', { suite: 'core', by: ['newest'], crypt: [] });
