import { describe, expect, test } from '@jest/globals';
import { countClients, groupFindings, hintOfGroup } from '../../../src/report/groups.ts';
import { countConfigured } from '../../../src/report/headline.ts';
import { assessAll } from '../../../src/report/overall.ts';
import type { Picture } from '../../../src/report/types.ts';
import { sampleSource } from '../metrics/sample-report.ts';
import { assessed, away, fleet } from './fleet.ts';

function groupsOf(picture: Picture) {
  return groupFindings(assessAll(picture).findings).map((group) => ({
    severity: group.severity,
    heading: group.heading,
    who: countClients(group, countConfigured(picture)),
  }));
}

describe('findings by cause', () => {
  test('one disk that is not mounted is one cause for any number of clients', () => {
    const picture = fleet(60, away);
    expect(groupsOf(picture)).toEqual([
      { severity: 'warning', heading: 'usb is not mounted', who: 'all 60 clients' },
    ]);
    expect(groupFindings(assessAll(picture).findings)[0]?.findings).toHaveLength(60);
  });

  test('the worst comes first, then what affects the most clients', () => {
    const picture = fleet(4, (index) => (index < 2 ? away(index) : { staleKeys: 1 }));
    const [first, ...others] = picture.clients;
    if (first === undefined) throw new Error('there are clients');
    const source = sampleSource({ state: 'missing', message: '/backups is not there' });
    const clients = [assessed({ ...first, source }), ...others];
    const third = fleet(5, (index) => (index === 4 ? { staleKeys: 1 } : {})).clients.slice(4);
    expect(groupsOf({ ...picture, clients: [...clients, ...third] })).toEqual([
      { severity: 'critical', heading: 'the source is missing', who: '1 client' },
      {
        severity: 'warning',
        heading: 'usb can still be opened with removed keys',
        who: '3 clients',
      },
      { severity: 'warning', heading: 'usb is not mounted', who: '2 clients' },
    ]);
  });

  test('places that only have to be set up have one command', () => {
    const hints = (hint: string, count = 2) => {
      const findings = assessAll(fleet(count, away)).findings.map((finding) => ({
        ...finding,
        hint: hint.replace('CLIENT', finding.client ?? ''),
      }));
      return groupFindings(findings).map(hintOfGroup);
    };
    const init = 'to set it up, run: backup-syncd backend init CLIENT usb';
    expect(hints(init)).toEqual([expect.stringMatching(/run: backup-syncd backend init --all$/)]);
    expect(hints(init, 1)).toEqual(['to set it up, run: backup-syncd backend init host-01 usb']);
    const other = 'mount its disk; or run: backup-syncd backend init --new-disk CLIENT usb';
    expect(hints(other)).toEqual([other.replace('CLIENT', 'host-01')]);
  });

  test('a place that was never complete is not called unmounted', () => {
    const picture = fleet(1, (index) => ({ ...away(index), isNotMounted: undefined as never }));
    expect(groupsOf(picture)[0]?.heading).toBe('usb is not set up');
  });

  test('the same problem at two backends has two causes', () => {
    const picture = fleet(2);
    const clients = picture.clients.map((client, i) => {
      const { backends } = client;
      const failing = { state: 'retrying', reason: 'unreachable', message: 'no route' } as const;
      return assessed({
        ...client,
        backends: backends.map((backend, j) => (i === j ? { ...backend, ...failing } : backend)),
      });
    });
    expect(groupsOf({ ...picture, clients }).map(({ heading }) => heading)).toEqual([
      'nas cannot be reached',
      'usb cannot be reached',
    ]);
  });

  test('clients are refused for the same reason, or for others', () => {
    const refused = ['ahost', 'bhost'].map((client) => ({
      client,
      error: `cannot read /state/${client}.json: it is damaged`,
    }));
    const other = { client: 'chost', error: 'clients/chost.yaml:1:1: surce' };
    expect(groupsOf({ ...fleet(1), refused: [...refused, other] })).toEqual([
      { severity: 'warning', heading: 'refused and not running', who: '2 clients' },
      { severity: 'warning', heading: 'refused and not running', who: '1 client' },
    ]);
  });

  test('problems of the daemon belong to no client', () => {
    const picture = { ...fleet(1), configError: 'backup-syncd.yaml:1:1: no' };
    expect(groupsOf(picture)).toEqual([
      { severity: 'warning', heading: 'the new configuration was refused', who: '0 clients' },
    ]);
  });

  test('all is well: no group', () => {
    expect(groupsOf(fleet(3))).toEqual([]);
  });
});
