import type { Check } from './check.ts';
import { clock } from './checks/clock.ts';
import { configuration } from './checks/configuration.ts';
import { daemon } from './checks/daemon.ts';
import { disks } from './checks/disks.ts';
import { inotify } from './checks/inotify.ts';
import { permissions } from './checks/permissions.ts';
import { places } from './checks/places.ts';
import { ports } from './checks/ports.ts';
import { prometheus } from './checks/prometheus.ts';
import { runit } from './checks/runit.ts';
import { space } from './checks/space.ts';
import { state } from './checks/state.ts';
import { tools } from './checks/tools.ts';

/** All checks, in the order in which their findings are shown. */
export const CHECKS: readonly Check[] = [
  configuration,
  state,
  daemon,
  ports,
  runit,
  tools,
  places,
  permissions,
  space,
  disks,
  inotify,
  clock,
  prometheus,
];
