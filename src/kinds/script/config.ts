import type { Command } from '../../work/script/run-program.ts';
import type { PlaceConfig } from '../place-config.ts';

export interface ScriptConfig extends PlaceConfig {
  readonly script: Command;
  /** where to check its result; absent: its result never counts */
  readonly verify?: PlaceConfig;
  readonly deadlineMs: number;
}
