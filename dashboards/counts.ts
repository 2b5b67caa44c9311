import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { GOOD, statPanel, thresholds, type PanelText } from './common.ts';

/** How many are not as they should be. */
export function countPanel(text: PanelText, color: string): PanelBuilder {
  return statPanel(text)
    .height(3)
    .span(6)
    .unit('none')
    .decimals(0)
    .thresholds(
      thresholds([
        [GOOD, null],
        [color, 1],
      ]),
    );
}

/** `count` of nothing is nothing: 0 as long as there is anything to count. */
export function countOf(found: string, all: string): string {
  return `count(\n  ${found}\n) or 0 * count(${all})`;
}
