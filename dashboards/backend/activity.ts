import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { backendLook, SHOWN_STATES, statesOfBackends } from '../backend-states.ts';
import { faultsPanel, fixedColor, timeseriesPanel } from '../common.ts';
import { lagPanel, lagShare } from '../lag.ts';
import { byBackend, failedPasses, range, sentPerSecond } from '../queries.ts';
import { topClients } from './top.ts';

export function lag(): PanelBuilder {
  return lagPanel({
    title: 'Lag, % of allowed',
    description:
      'How long a snapshot of each client has been owed, as a percentage of the lag that is allowed here. Shows the ten clients that lag most now.',
  }).withTarget(range(topClients(`max by (client) (${lagShare()})`), '{{client}}'));
}

/** What the backend was doing for how many clients. */
export function states(): PanelBuilder {
  const panel = timeseriesPanel({
    title: 'Clients by state',
    description:
      'The number of clients for which this backend was in each state. Up to date is good; retrying and blocked are not.',
  })
    .unit('none')
    .decimals(0)
    .lineWidth(0)
    .fillOpacity(80)
    .lineInterpolation(common.LineInterpolation.StepAfter)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
    .withTarget(range(`sum by (state) (\n${statesOfBackends()}\n)`, '{{state}}'));
  return SHOWN_STATES.reduce((all, state) => {
    const { text, color } = backendLook(state);
    return all.overrideByName(state, [{ id: 'displayName', value: text }, fixedColor(color)]);
  }, panel);
}

export function throughput(): PanelBuilder {
  return timeseriesPanel({
    title: 'Throughput',
    description: 'Bytes per second sent to this backend, for all clients.',
  })
    .span(8)
    .unit('Bps')
    .withTarget(range(sentPerSecond(), '{{backend}}'));
}

export function pending(): PanelBuilder {
  return timeseriesPanel({
    title: 'To be sent',
    description: 'Size of the objects still to be sent to this backend, for all clients.',
  })
    .span(8)
    .unit('bytes')
    .withTarget(range(`sum by (backend) (${byBackend('backend_pending_bytes')})`, '{{backend}}'));
}

export function failures(): PanelBuilder {
  return faultsPanel({
    title: 'Failed passes by reason',
    description:
      'Failed passes over this backend, for all clients, by reason. There should be none.',
  })
    .span(8)
    .unit('none')
    .decimals(0)
    .noValue('No failures')
    .withTarget(range(failedPasses(), '{{reason}}'));
}
