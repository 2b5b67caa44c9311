import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';
import type { Unit } from '../site.ts';

/** Whether a daemon runs each client. */
export const daemon: Check = {
  name: 'daemon',
  run: ({ units }) => Promise.resolve(judgeUnits(units)),
};

const START = 'start it: systemctl enable --now backup-syncd, or backup-syncd run';

/** Pure. */
export function judgeUnits(units: readonly Unit[]): readonly Judgement[] {
  const running = units.filter((unit) => unit.daemon === 'runs');
  const silent = units.filter((unit) => unit.daemon === 'silent').map(judgeSilent);
  const absent = units.filter((unit) => unit.daemon === 'absent');
  if (units.length === 0) return [];
  if (absent.length === units.length)
    return [{ severity: 'warning', message: 'no daemon is running', hint: START }];
  return [
    ...running.map(({ client }): Judgement => ({ severity: 'ok', client, message: 'runs' })),
    ...silent,
    ...absent.map(({ client }): Judgement => ({
      ...{ severity: 'warning', client, message: 'no daemon runs this client' },
      hint: 'a running daemon takes a new client within seconds; see its log, and the findings about the configuration',
    })),
  ];
}

function judgeSilent({ client, why }: Unit): Judgement {
  return {
    ...{ severity: 'error', client },
    message: `its daemon does not answer${why === undefined ? '' : `: ${why}`}`,
    hint: "check the daemon's log; if the process is stuck, restart it: systemctl restart backup-syncd",
  };
}
