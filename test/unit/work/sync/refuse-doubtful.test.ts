import { describe, expect, test } from '@jest/globals';
import type { Backend } from '../../../../src/backends/backend.ts';
import { FactStore } from '../../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../../src/facts/initial.ts';
import type { AlarmReason } from '../../../../src/facts/source-guard.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { split } from '../../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../../src/repository/objects.ts';
import type { View } from '../../../../src/repository/view.ts';
import type { BackendSettings } from '../../../../src/work/settings.ts';
import { refuseDoubtful } from '../../../../src/work/sync/refuse-doubtful.ts';
import { idOf } from '../../../arbitraries/ids.ts';

const PACKS = split(Catalogue.from([[idOf(1), 5]]));
const view: View = { takenAt: 0, configSha256: '', configBytes: 0, objects: NO_OBJECTS };

function place(
  { mayDelete = false, objects = NO_OBJECTS }: { mayDelete?: boolean; objects?: Objects },
  alarm?: AlarmReason,
) {
  const store = new FactStore(initialFacts('ahost', ['own'], 0));
  const alarms = alarm === undefined ? [] : [{ reason: alarm, since: 0, message: 'it is gone' }];
  store.updateSource('guard', { alarms });
  store.updateSource('health', { state: 'ok' });
  const config = { traits: { mayDelete } } as BackendSettings;
  return {
    client: 'ahost',
    store,
    config,
    backend: { known: { baselineAt: 1, objects } } as Backend,
  };
}

describe('a script', () => {
  test('runs while all is well', () => {
    expect(() => refuseDoubtful(view, place({ mayDelete: true }))).not.toThrow();
  });

  test.each(['snapshots_removed', 'objects_changed', 'objects_removed'] as const)(
    'does not run under the alarm %s, because it may delete or copy anything',
    (alarm) => {
      expect(() => refuseDoubtful(view, place({ mayDelete: true }, alarm))).toThrow(
        'the script does not run while there is an alarm at the source: it is gone',
      );
    },
  );
});

describe('a backend that deletes nothing', () => {
  test('gets new objects under an alarm', () => {
    expect(() => refuseDoubtful(view, place({}, 'snapshots_removed'))).not.toThrow();
  });

  test('that has what was overwritten gets new snapshots, and another one waits', () => {
    const overwritten = { ...view, vanished: PACKS };
    const there = { ...NO_OBJECTS, data: PACKS };

    expect(() =>
      refuseDoubtful(overwritten, place({ objects: there }, 'objects_changed')),
    ).not.toThrow();
    expect(() => refuseDoubtful(overwritten, place({}, 'objects_changed'))).toThrow(
      'new snapshots are held back because some of what they may need was overwritten at the source: it is gone',
    );
  });
});
