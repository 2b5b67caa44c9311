import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';
import { findServiceHints, type ServiceHints } from '../service-hints.ts';
import type { Unit } from '../site.ts';

/** Whether a daemon runs each client. */
export const daemon: Check = {
  name: 'daemon',
  run: async ({ config, units }) => judgeUnits(units, await findServiceHints(config)),
};

/** Pure. */
export function judgeUnits(units: readonly Unit[], service: ServiceHints): readonly Judgement[] {
  const running = units.filter((unit) => unit.daemon === 'runs');
  const silent = units
    .filter((unit) => unit.daemon === 'silent')
    .map((unit) => judgeSilent(unit, service));
  const absent = units.filter((unit) => unit.daemon === 'absent');
  if (units.length === 0) return [];
  if (absent.length === units.length)
    return [{ severity: 'warning', message: 'no daemon is running', hint: service.start }];
  return [
    ...running.map(({ client }): Judgement => ({ severity: 'ok', client, message: 'running' })),
    ...silent,
    ...absent.map(({ client }): Judgement => ({
      severity: 'warning',
      client,
      message: 'no daemon runs this client',
      hint: service.startClient(client),
    })),
  ];
}

function judgeSilent({ client, why }: Unit, service: ServiceHints): Judgement {
  return {
    severity: 'error',
    client,
    message: `its daemon does not answer${why === undefined ? '' : `: ${why}`}`,
    hint: `check the daemon's log; if the process is stuck, ${service.restart(client)}`,
  };
}
