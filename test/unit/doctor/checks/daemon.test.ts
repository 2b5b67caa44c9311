import { expect, test } from '@jest/globals';
import { judgeUnits } from '../../../../src/doctor/checks/daemon.ts';

test('no daemon at all is one finding', () => {
  const units = ['a', 'b'].map((client) => ({ client, daemon: 'absent' as const }));
  expect(judgeUnits(units)).toEqual([
    {
      ...{ severity: 'warning', message: 'no daemon is running' },
      hint: 'start it: systemctl enable --now backup-syncd, or backup-syncd run',
    },
  ]);
});

test('each client that runs, does not answer, or is left out', () => {
  const why = 'process 7 has its lock';
  expect(
    judgeUnits([
      { client: 'a', daemon: 'runs' },
      { client: 'b', daemon: 'silent', why },
      { client: 'c', daemon: 'absent' },
    ]),
  ).toMatchObject([
    { severity: 'ok', client: 'a', message: 'runs' },
    { severity: 'error', client: 'b', message: `its daemon does not answer: ${why}` },
    { severity: 'warning', client: 'c', message: 'no daemon runs this client' },
  ]);
});

test('without clients there is nothing to run', () => {
  expect(judgeUnits([])).toEqual([]);
});
