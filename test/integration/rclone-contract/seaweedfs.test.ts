import { rcloneContract } from '../../contract/rclone-contract.ts';

rcloneContract('SeaweedFS', { plain: { newest: 'core' } });
