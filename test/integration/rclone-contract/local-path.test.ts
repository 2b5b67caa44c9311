import { rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('local path', { crypt: ['debian12', 'newest'] });
