import type { Check } from './check.ts';
import { configuration } from './checks/configuration.ts';
import { space } from './checks/space.ts';
import { tools } from './checks/tools.ts';

/** All checks, in the order in which their findings are shown. */
export const CHECKS: readonly Check[] = [configuration, tools, space];
