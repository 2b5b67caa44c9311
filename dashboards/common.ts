import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Tone } from '../src/report/words.ts';
import { DATASOURCE } from './queries.ts';

/** Every colour that says something; a text always says it too. */
export const GOOD = 'green';
export const LATE = 'orange';
export const BAD = 'red';
export const BUSY = 'blue';
export const OFF = '#808080';

/** What page and `status` call a tone has one colour in all dashboards. */
export const TONES: Readonly<Record<Tone, string>> = {
  ok: GOOD,
  busy: BUSY,
  warning: LATE,
  critical: BAD,
  unknown: OFF,
};

export interface PanelText {
  readonly title: string;
  readonly description: string;
}

/** Colours from a value on: `[['green', null], ['red', 1]]`. */
export function thresholds(
  steps: readonly (readonly [color: string, from: number | null])[],
): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([color, value]) => ({ color, value })));
}

/** What single values are called: `{ 0: { text: 'ok', color: 'green' } }`. */
export function named(
  options: Readonly<Record<string | number, dashboard.ValueMappingResult>>,
): dashboard.ValueMap {
  const indexed = Object.entries(options).map(([value, result], index) => [
    value,
    { ...result, index },
  ]);
  return {
    type: dashboard.MappingType.ValueToText,
    options: Object.fromEntries(indexed) as Record<string, dashboard.ValueMappingResult>,
  };
}

export function ranged(
  from: number | null,
  to: number | null,
  result: dashboard.ValueMappingResult,
): dashboard.RangeMap {
  return { type: dashboard.MappingType.RangeToText, options: { from, to, result } };
}

export function whenNull(result: dashboard.ValueMappingResult): dashboard.SpecialValueMap {
  const match = dashboard.SpecialValueMatch.Null;
  return { type: dashboard.MappingType.SpecialValue, options: { match, result } };
}

export function fixedColor(color: string): dashboard.DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: color } };
}

/** A line beside those of the backends, which have the colours of the palette in their order. */
export const SOURCE_LINE = [fixedColor('text')];

/** A single number, with the colour of its threshold. */
export function statPanel({ title, description }: PanelText): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .height(4)
    .span(4)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .noValue('unknown');
}

export function tablePanel({ title, description }: PanelText): table.PanelBuilder {
  return new table.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .span(24)
    .cellHeight(common.TableCellHeight.Sm);
}

export function timeseriesPanel({ title, description }: PanelText): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .height(8)
    .span(12)
    .min(0)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
}

/** Bars that count what happened in each step. */
export function barsPanel(text: PanelText): timeseries.PanelBuilder {
  return timeseriesPanel(text)
    .drawStyle(common.GraphDrawStyle.Bars)
    .maxDataPoints(96)
    .lineWidth(0)
    .fillOpacity(80)
    .axisSoftMax(1)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
}

/** The same for faults: none of them in the colour for "ok". */
export function faultsPanel(text: PanelText): timeseries.PanelBuilder {
  return barsPanel(text).colorScheme(
    new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Shades).fixedColor(LATE),
  );
}

export function rowPanel(title: string): dashboard.RowBuilder {
  return new dashboard.RowBuilder(title).datasource(DATASOURCE);
}
