import { expect, test } from '@jest/globals';
import {
  judgeAlertmanagers,
  judgeNoAnswer,
  judgeTime,
} from '../../../../src/doctor/checks/prometheus.ts';
import { NoAnswerError } from '../../../../src/doctor/fetch-json.ts';

test('a Prometheus that asks for a password', () => {
  const { message, hint } = judgeNoAnswer(new NoAnswerError('401', { status: 401 }));
  expect(message).toBe('401');
  expect(hint).toContain('doctor cannot give a password');
});

test('any other address', () => {
  expect(judgeNoAnswer(new NoAnswerError('404', { status: 404 }))).toMatchObject({
    severity: 'error',
    hint: expect.stringContaining('http://127.0.0.1:9090'),
  });
});

test('a Prometheus without an Alertmanager', () => {
  expect(judgeAlertmanagers(1).severity).toBe('ok');
  expect(judgeAlertmanagers(0)).toMatchObject({ severity: 'error' });
});

test('clocks that differ', () => {
  expect(judgeTime(undefined, 1e6)).toEqual([]);
  expect(judgeTime(1e6 + 59_000, 1e6)).toEqual([]);
  expect(judgeTime(1e6 - 90_000, 1e6)).toMatchObject([
    { severity: 'error', message: 'its clock and that of this machine differ by 90 s' },
  ]);
});
