import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { fixedColor, OFF, timeseriesPanel } from '../common.ts';
import { byClient, range } from '../queries.ts';
import { freeBytes, replicaBytes, totalBytes } from '../space.ts';
import { topClients } from './top.ts';

export function space(): PanelBuilder {
  return timeseriesPanel({
    title: 'Free space and replicas',
    description:
      'Free space, the size of the replicas of all clients, and (dashed) the size of the disk, which may contain other files too.',
  })
    .unit('bytes')
    .withTarget(range(freeBytes(), 'free'))
    .withTarget(range(replicaBytes(), 'replicas', 'B'))
    .withTarget(range(totalBytes(), 'size of the disk', 'C'))
    .overrideByName('size of the disk', [
      fixedColor(OFF),
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
      { id: 'custom.lineWidth', value: 1 },
      { id: 'custom.fillOpacity', value: 0 },
    ]);
}

export function largest(): PanelBuilder {
  return timeseriesPanel({
    title: 'Largest replicas',
    description:
      'Size of the replica of each client, for the ten clients with the largest replicas now.',
  })
    .unit('bytes')
    .withTarget(range(topClients(byClient('backend_bytes')), '{{client}}'));
}
