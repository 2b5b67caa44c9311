import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { fixedColor, OFF, timeseriesPanel } from '../common.ts';
import { byClient, range } from '../queries.ts';
import { freeBytes, replicaBytes, totalBytes } from '../space.ts';
import { topClients } from './top.ts';

export function space(): PanelBuilder {
  return timeseriesPanel({
    title: 'Free space and replicas',
    description:
      'Free space, what the replicas of all clients take, and (dashed) the size of the disk, which may hold other things too.',
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
    description: 'Size of the replica of each client, of the ten whose replicas are largest now.',
  })
    .unit('bytes')
    .withTarget(range(topClients(byClient('backend_bytes')), '{{client}}'));
}
