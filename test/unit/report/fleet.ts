import { assess } from '../../../src/report/assess.ts';
import type { BackendState, ClientReport, Picture } from '../../../src/report/types.ts';
import { NOW, sampleBackend, sampleClient } from '../metrics/sample-report.ts';

/** Clients with two backends each, `nas` and `usb`, as they are assessed. */
export function fleet(
  count: number,
  usb: (index: number) => Partial<BackendState> = () => ({}),
): Picture {
  const clients = Array.from({ length: count }, (_, index) => {
    const name = `host-${String(index + 1).padStart(2, '0')}`;
    const away = sampleBackend({ backend: 'usb', ...usb(index) });
    return assessed(sampleClient({ client: name, backends: [sampleBackend(), away] }));
  });
  return { clients, refused: [], unknown: [], notReady: [] };
}

/** A backend whose disk is not mounted. */
export function away(index: number): Partial<BackendState> {
  return {
    state: 'blocked',
    reason: 'not_initialised',
    isNotMounted: true,
    up: false,
    location: `/mnt/usb/host-${String(index + 1).padStart(2, '0')}`,
    message: 'it is not mounted',
    hint: 'mount its disk; or run: backup-syncd backend init --new-disk ahost usb',
  };
}

export function assessed(client: ClientReport): ClientReport {
  return { ...client, ...assess(client, NOW) };
}
