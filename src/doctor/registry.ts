import type { Check } from './check.ts';
import { configuration } from './checks/configuration.ts';
import { daemon } from './checks/daemon.ts';
import { disks } from './checks/disks.ts';
import { permissions } from './checks/permissions.ts';
import { places } from './checks/places.ts';
import { space } from './checks/space.ts';
import { state } from './checks/state.ts';
import { tools } from './checks/tools.ts';

/** All checks, in the order in which their findings are shown. */
export const CHECKS: readonly Check[] = [
  configuration,
  state,
  daemon,
  tools,
  places,
  permissions,
  space,
  disks,
];
