import {
  FieldType,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  VizOrientation,
  type DataFrame,
  type GrafanaTheme2,
  type TimeRange,
} from '@grafana/data';
import { BigValue, PanelChrome, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React from 'react';
import { StateTimeline } from './state-timeline.tsx';

export interface PanelProps {
  readonly panel: any;
  readonly data: DataFrame[];
  readonly width: number;
  readonly height: number;
  readonly timeRange: TimeRange;
  readonly replaceVariables: any;
}

export function displayValues({ panel, data, replaceVariables }: PanelProps, theme: GrafanaTheme2) {
  const { reduceOptions, graphMode } = panel.options ?? {};
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false, ...reduceOptions },
    replaceVariables,
    theme,
    data,
    sparkline: (graphMode ?? 'area') !== 'none',
    timeZone: 'utc',
  });
}

function Stat(props: PanelProps) {
  const theme = useTheme2();
  const { panel, data, width, height } = props;
  const options = panel.options ?? {};
  const values = displayValues(props, theme);
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors as any}
      source={data}
      width={width}
      height={height}
      renderCounter={1}
      autoGrid
      orientation={options.orientation ?? VizOrientation.Auto}
      renderValue={(cell: any) => (
        <BigValue
          value={cell.value.display}
          count={cell.count}
          sparkline={cell.value.sparkline}
          colorMode={options.colorMode ?? 'value'}
          graphMode={options.graphMode ?? 'area'}
          justifyMode={options.justifyMode ?? 'auto'}
          textMode={options.textMode ?? 'auto'}
          alignmentFactors={cell.alignmentFactors}
          text={options.text}
          width={cell.width}
          height={cell.height}
          theme={theme}
          disableWideLayout={options.wideLayout === false}
        />
      )}
    />
  );
}

/** The plot of @grafana/ui puts nulls into gaps of the first frame only; Grafana's panel does it for each beforehand. */
function fillGaps(frame: DataFrame): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  const interval = time?.config.interval;
  if (time === undefined || !interval) return frame;
  const times: number[] = [];
  const indexes: number[] = [];
  time.values.forEach((at: number, index: number) => {
    if (index > 0) {
      for (let gap = time.values[index - 1] + interval; gap < at; gap += interval) {
        times.push(gap);
        indexes.push(-1);
      }
    }
    times.push(at);
    indexes.push(index);
  });
  const fields = frame.fields.map((field) => ({
    ...field,
    values:
      field === time ? times : indexes.map((index) => (index < 0 ? null : field.values[index])),
  }));
  return { ...frame, length: times.length, fields };
}

function Graph({ panel, data, width, height, timeRange }: PanelProps) {
  const theme = useTheme2();
  const frames = data
    .map((frame) => ({
      ...frame,
      fields: frame.fields.filter(({ type }) => type !== FieldType.string),
    }))
    .filter((frame) => frame.fields.some(({ type }) => type === FieldType.number))
    .map(fillGaps);
  if (frames.length === 0) return <NoData panel={panel} />;
  const legend = {
    showLegend: true,
    displayMode: 'list',
    placement: 'bottom',
    calcs: [],
    ...panel.options?.legend,
  } as any;
  return (
    <TimeSeries
      frames={frames}
      structureRev={1}
      timeRange={timeRange}
      timeZone="utc"
      width={width}
      height={height}
      legend={legend}
      options={panel.options}
      theme={theme}
    />
  );
}

function Table({ panel, data, width, height, timeRange }: PanelProps) {
  const options = panel.options ?? {};
  const frame = data[options.frameIndex ?? 0];
  if (!frame?.fields.length) return <NoData panel={panel} />;
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={options.showHeader === false}
      sortBy={options.sortBy}
      cellHeight={options.cellHeight ?? 'sm'}
      fieldConfig={panel.fieldConfig}
      timeRange={timeRange}
      resizable
      enableVirtualization={false}
      structureRev={1}
    />
  );
}

function NoData({ panel }: { panel: any }) {
  return <Centred text={panel.fieldConfig?.defaults?.noValue ?? 'No data'} />;
}

function Centred({ text }: { text: string }) {
  const style = { display: 'flex', height: '100%', alignItems: 'center', justifyContent: 'center' };
  return <div style={style}>{text}</div>;
}

function Unsupported({ panel, data }: PanelProps) {
  const names = data.flatMap((frame) =>
    frame.fields.map((field) => getFieldDisplayName(field, frame, data)),
  );
  return <Centred text={`the preview cannot show ${panel.type}: ${names.join(', ')}`} />;
}

const PANELS: Record<string, React.FC<PanelProps>> = {
  stat: Stat,
  timeseries: Graph,
  table: Table,
  'state-timeline': StateTimeline,
};

export function PanelView(
  props: Omit<PanelProps, 'data'> & { data?: DataFrame[]; error?: string },
) {
  const { panel, error, data = [] } = props;
  const Panel = PANELS[panel.type] ?? Unsupported;
  return (
    <PanelChrome
      width={props.width}
      height={props.height}
      title={props.replaceVariables(panel.title ?? '')}
      description={panel.description}
      displayMode={panel.transparent ? 'transparent' : 'default'}
      padding={panel.type === 'table' ? 'none' : 'md'}
      {...(error !== undefined && { statusMessage: error })}
    >
      {(width, height) =>
        error === undefined ? (
          <Panel {...props} data={data} width={width} height={height} />
        ) : (
          <Centred text={error} />
        )
      }
    </PanelChrome>
  );
}
