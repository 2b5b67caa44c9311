import { expect, test } from '@jest/globals';
import { negotiateFormat } from '../../../src/metrics/negotiate.ts';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.each([
  [PROMETHEUS_2, 'openmetrics'],
  [PROMETHEUS_3, 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version="1.0.0", text/plain', 'openmetrics'],
  ['text/plain;q=0.5, Application/OpenMetrics-Text;q=0.5', 'openmetrics'],
  ['application/openmetrics-text;q=0.4, text/plain;q=0.5', 'text'],
  ['application/openmetrics-text;q=0.4, */*', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;version=0.0.1', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['*/*', 'text'],
  [',;=,', 'text'],
  ['', 'text'],
  [undefined, 'text'],
])('%s: %s', (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});
