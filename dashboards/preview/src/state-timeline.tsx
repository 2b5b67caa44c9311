// Grafana's own is not on npm: this one shows the same states in the same colours, more simply.
import {
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  type DataFrame,
} from '@grafana/data';
import { useTheme2, VizLegend, VizLayout } from '@grafana/ui';
import type { PanelProps } from './panels.tsx';

const NAMES_WIDTH = 90;
const AXIS_HEIGHT = 20;

interface Run {
  readonly text: string;
  readonly color: string;
  readonly start: number;
  end: number;
}

interface Row {
  readonly name: string;
  readonly runs: Run[];
}

function rowsOf(data: DataFrame[]): Row[] {
  return data.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === FieldType.time);
    if (time === undefined) return [];
    return frame.fields
      .filter((field) => field !== time)
      .map((field) => ({
        name: getFieldDisplayName(field, frame, data),
        runs: runsOf(time, field),
      }));
  });
}

function runsOf(time: any, field: any): Run[] {
  const interval: number = time.config.interval ?? 0;
  const runs: Run[] = [];
  time.values.forEach((start: number, index: number) => {
    const display = field.display(field.values[index]);
    const text = formattedValueToString(display);
    const last = runs.at(-1);
    if (last?.text === text && start - last.end <= interval) last.end = start + interval;
    else runs.push({ text, color: display.color, start, end: start + interval });
  });
  return runs;
}

export function StateTimeline({ data, width, height, timeRange }: PanelProps) {
  const rows = rowsOf(data);
  const looks = new Map(rows.flatMap(({ runs }) => runs.map(({ text, color }) => [text, color])));
  const items = [...looks].map(([label, color]) => ({ label, color, yAxis: 1 }));
  return (
    <VizLayout
      width={width}
      height={height}
      legend={
        <VizLayout.Legend placement="bottom">
          <VizLegend items={items} displayMode={'list' as any} placement="bottom" />
        </VizLayout.Legend>
      }
    >
      {(plotWidth, plotHeight) => (
        <Plot rows={rows} width={plotWidth} height={plotHeight} timeRange={timeRange} />
      )}
    </VizLayout>
  );
}

function Plot(props: { rows: Row[]; width: number; height: number; timeRange: any }) {
  const theme = useTheme2();
  const { rows, width, height, timeRange } = props;
  const from: number = timeRange.from.valueOf();
  const span: number = timeRange.to.valueOf() - from;
  const plot = width - NAMES_WIDTH;
  const rowHeight = (height - AXIS_HEIGHT) / Math.max(rows.length, 1);
  const at = (time: number) => NAMES_WIDTH + Math.min(1, Math.max(0, (time - from) / span)) * plot;
  return (
    <div style={{ position: 'relative', width, height, fontSize: 12 }}>
      {rows.map(({ name, runs }, row) => {
        const line = { top: row * rowHeight + rowHeight * 0.1, height: rowHeight * 0.8 };
        return (
          <div key={name} style={{ lineHeight: `${line.height}px` }}>
            <div
              style={{ position: 'absolute', ...line, width: NAMES_WIDTH - 8, textAlign: 'right' }}
            >
              {name}
            </div>
            {runs.map(({ text, color, start, end }) => {
              const left = at(start);
              const wide = at(end) - left;
              const background = theme.visualization.getColorByName(color);
              return (
                <div
                  key={start}
                  style={{
                    position: 'absolute',
                    left,
                    width: Math.max(1, wide),
                    ...line,
                    background,
                    opacity: 0.85,
                    overflow: 'hidden',
                    textAlign: 'center',
                    color: theme.colors.getContrastText(background),
                  }}
                >
                  {wide > 50 ? text : ''}
                </div>
              );
            })}
          </div>
        );
      })}
      <div
        style={{
          position: 'absolute',
          bottom: 0,
          left: NAMES_WIDTH,
          right: 0,
          display: 'flex',
          justifyContent: 'space-between',
        }}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{new Date(from + share * span).toISOString().slice(11, 16)}</span>
        ))}
      </div>
    </div>
  );
}
