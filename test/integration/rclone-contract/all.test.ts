import { generations } from '../../support/tools.ts';
import { rcloneContract } from '../../contract/rclone-contract.ts';
import { cryptOver, KINDS } from '../../contract/rclone-kinds.ts';

for (const generation of generations)
  for (const [name, kind] of Object.entries(KINDS)) {
    rcloneContract(name, kind, generation);
    rcloneContract(`crypt over ${name}`, cryptOver(kind), generation);
  }
