import { expect, test } from '@jest/globals';
import { select, type Filter } from '../../../src/report/select.ts';
import { away, fleet } from './fleet.ts';

const picture = {
  ...fleet(3, (index) => (index === 1 ? away(index) : {})),
  refused: [{ client: 'broken', error: 'no' }],
  configError: 'no',
};

function shown(filter: Filter) {
  const { clients, findings } = select(picture, filter);
  return {
    clients: clients.map(({ client }) => client),
    findings: findings.map(({ client = 'daemon' }) => client).sort(),
  };
}

test('without a filter, everything: the worst first, then by name', () => {
  expect(shown({})).toEqual({
    clients: ['host-02', 'host-01', 'host-03'],
    findings: ['broken', 'daemon', 'host-02'],
  });
});

test('by state; what concerns the daemon stays', () => {
  expect(shown({ states: ['warning'] })).toEqual({
    clients: ['host-02'],
    findings: ['broken', 'daemon', 'host-02'],
  });
  expect(shown({ states: ['ok'] })).toEqual({
    clients: ['host-01', 'host-03'],
    findings: ['daemon'],
  });
});

test('by a part of the name, in any case', () => {
  expect(shown({ name: 'HOST-0' }).clients).toHaveLength(3);
  expect(shown({ name: '-02' })).toEqual({ clients: ['host-02'], findings: ['daemon', 'host-02'] });
  expect(shown({ name: 'brok' })).toEqual({ clients: [], findings: ['broken', 'daemon'] });
});
