import { expect, test } from '@jest/globals';
import { judgeUnits } from '../../../../src/doctor/checks/daemon.ts';
import { serviceHintsOf } from '../../../../src/doctor/service-hints.ts';

test('no daemon at all is one finding', () => {
  const units = ['a', 'b'].map((client) => ({ client, daemon: 'absent' as const }));
  expect(judgeUnits(units, serviceHintsOf(undefined))).toEqual([
    {
      severity: 'warning',
      message: 'no daemon is running',
      hint: 'start it: systemctl enable --now backup-syncd, or backup-syncd run',
    },
  ]);
});

test('each client that runs, does not answer, or is left out', () => {
  const why = 'process 7 has its lock';
  expect(
    judgeUnits(
      [
        { client: 'a', daemon: 'runs' },
        { client: 'b', daemon: 'silent', why },
        { client: 'c', daemon: 'absent' },
      ],
      serviceHintsOf(undefined),
    ),
  ).toMatchObject([
    { severity: 'ok', client: 'a', message: 'running' },
    { severity: 'error', client: 'b', message: `its daemon does not answer: ${why}` },
    { severity: 'warning', client: 'c', message: 'no daemon runs this client' },
  ]);
});

test('without clients there is nothing to run', () => {
  expect(judgeUnits([], serviceHintsOf(undefined))).toEqual([]);
});

test('below runit, hints name its unit, and the service of the client', () => {
  const service = serviceHintsOf('/etc/backup-syncd/runit');
  const hints = (...states: ('runs' | 'absent' | 'silent')[]) =>
    judgeUnits(
      states.map((daemon, i) => ({ client: `client-${i}`, daemon })),
      service,
    ).map(({ hint }) => hint ?? '');
  expect(hints('absent')).toEqual(['start it: systemctl enable --now backup-syncd-runit']);
  const [, silent, absent] = hints('runs', 'silent', 'absent');
  expect(silent).toContain(
    'sv -w 100 restart /etc/backup-syncd/runit/clients/client-1/services/backup-syncd',
  );
  expect(absent).toContain(
    'sv status /etc/backup-syncd/runit/clients/client-2/services/backup-syncd',
  );
});
