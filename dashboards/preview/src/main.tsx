// The page: all panels of a dashboard at once, then window.report says what they show.
import {
  createTheme,
  dateTime,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  ThemeContext,
  type DataFrame,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { prepareFrames, type Surroundings } from './frames.ts';
import { displayValues, PanelView } from './panels.tsx';
import { interpolate, parseSeconds, runTarget, type Context } from './prometheus.ts';
import { fillVariables } from './variables.ts';

const address = new URLSearchParams(location.search);
const MARGIN = 8;
const HEADER = 42;
const CELL = 30;
const NARROW = 769;
const STILL_MS = 600;
const FONTS = ['400 14px Inter', '500 14px Inter', '400 14px "Roboto Mono"'];

async function main(): Promise<void> {
  await initPluginTranslations('preview');
  const dashboard = await (await fetch(`/dashboard.json${location.search}`)).json();
  const theme = createTheme({
    colors: { mode: address.get('theme') === 'light' ? 'light' : 'dark' },
  });
  const context = createContext(dashboard);
  const warnings = await fillVariables(dashboard, context, address);
  const replaceVariables = (text: string) => interpolate(text, context.vars);
  const views = await Promise.all(
    dashboard.panels.map((panel: any) => {
      const warn = (text: string) => warnings.push(`panel "${panel.title}": ${text}`);
      return loadPanel(panel, context, { theme, replaceVariables, warn });
    }),
  );
  const surroundings = { theme, replaceVariables };
  await draw(views, { dashboard, context, ...surroundings });
  const panels = views
    .filter(({ panel }) => panel.type !== 'row')
    .map((view) => describePanel(view, surroundings));
  await untilStill();
  warnings.push(...views.flatMap(describeBlank));
  Object.assign(window, { report: { warnings, panels } });
}

/** Graphs are drawn some frames after their components. */
function untilStill(): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(done, STILL_MS);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, STILL_MS);
    });
    function done(): void {
      observer.disconnect();
      resolve();
    }
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
  });
}

/** A table that has rows, and shows none. */
function describeBlank({ panel, data = [] }: View): string[] {
  const isEmpty = data.every(({ length }) => length === 0);
  const drawn = document.querySelectorAll(`#panel-${panel.id} [role="row"]`).length;
  return panel.type === 'table' && !isEmpty && drawn < 2 ? [`panel "${panel.title}" is blank`] : [];
}

function createContext(dashboard: any): Context {
  const now = Number(address.get('now') ?? Date.now() / 1000) * 1000;
  const at = (text: string) => now - parseSeconds(text.replace('now', '')) * 1000;
  return {
    from: at(address.get('from') ?? dashboard.time.from),
    to: at(dashboard.time.to),
    vars: {},
    scrapeSeconds: Number(address.get('scrape') ?? 15),
  };
}

interface View {
  readonly panel: any;
  readonly exprs: string[];
  readonly data?: DataFrame[];
  readonly error?: string;
}

async function loadPanel(panel: any, context: Context, surroundings: Surroundings): Promise<View> {
  const targets = (panel.targets ?? []).filter(({ hide }: any) => hide !== true);
  try {
    const answers = await Promise.all(
      targets.map((target: any) => runTarget(target, panel, context)),
    );
    const frames: DataFrame[] = answers.flat();
    const exprs = [...new Set(frames.map(({ meta }) => String(meta?.custom?.['expr'])))];
    return { panel, exprs, data: await prepareFrames(panel, frames, surroundings) };
  } catch (error) {
    return { panel, exprs: [], error: String(error) };
  }
}

/** What a person sees: of a stat its values, of the others the last values of each field. */
function describePanel({ panel, exprs, data = [], error }: View, { theme, replaceVariables }: any) {
  const { id, type, title } = panel;
  const base = { id, type, title, error, exprs };
  if (type === 'stat' && error === undefined) {
    const props = { panel, data, replaceVariables } as any;
    const values = displayValues(props, theme).map(({ display }) => ({
      name: display.title,
      text: formattedValueToString(display),
      color: display.color,
    }));
    return { ...base, values };
  }
  const fields = data.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type !== FieldType.time)
      .map((field) => {
        const shown = [...field.values].map((value) => field.display!(value));
        return {
          name: getFieldDisplayName(field, frame, data),
          count: field.values.length,
          text: shown.slice(-100).map(formattedValueToString),
          color: shown.slice(-100).map(({ color }) => color),
        };
      }),
  );
  return { ...base, fields };
}

async function draw(views: View[], options: any): Promise<void> {
  const root = createRoot(document.getElementById('root')!);
  const { theme } = options;
  // The fonts first: the components measure texts.
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
    </ThemeContext.Provider>,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all(FONTS.map((font) => document.fonts.load(font)));
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Dashboard views={views} {...options} />
      <PortalContainer />
    </ThemeContext.Provider>,
  );
  await document.fonts.ready;
}

function Dashboard({ views, dashboard, context, theme, replaceVariables }: any) {
  const width = Number(address.get('width') ?? 1600);
  const column = (width - 2 * MARGIN - 23 * MARGIN) / 24;
  if (width < NARROW) views = stack(views);
  const bottom = Math.max(...views.map(({ panel: { gridPos } }: any) => gridPos.y + gridPos.h));
  const timeRange: any = { from: dateTime(context.from), to: dateTime(context.to) };
  timeRange.raw = { from: timeRange.from, to: timeRange.to };
  const height = HEADER + bottom * (CELL + MARGIN);
  const background = theme.colors.background.canvas;
  return (
    <div id="dashboard" style={{ position: 'relative', width, height, background }}>
      <h1 style={{ fontSize: 18, padding: '10px 12px', margin: 0 }}>
        {dashboard.title}{' '}
        <small style={{ opacity: 0.6 }}>{describeChoice(dashboard, context)}</small>
      </h1>
      {views.map(({ panel, data, error }: any) => {
        const { x, y, w, h } = panel.gridPos;
        const size = {
          width: w * column + (w - 1) * MARGIN,
          height: h * CELL + (h - 1) * MARGIN,
        };
        const place = { left: MARGIN + x * (column + MARGIN), top: HEADER + y * (CELL + MARGIN) };
        return (
          <div
            key={panel.id}
            id={`panel-${panel.id}`}
            style={{ position: 'absolute', ...place, ...size }}
          >
            {panel.type === 'row' ? (
              <div style={{ lineHeight: `${CELL}px`, fontWeight: 500, fontSize: 16 }}>
                ⌄ {panel.title}
              </div>
            ) : (
              <PanelView
                {...{ panel, data, error, timeRange, replaceVariables }}
                width={size.width}
                height={size.height}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** On a phone, Grafana puts each panel below the one before. */
function stack(views: View[]): View[] {
  let y = 0;
  return [...views]
    .sort(({ panel: { gridPos: a } }, { panel: { gridPos: b } }) => a.y - b.y || a.x - b.x)
    .map((view) => {
      const { h } = view.panel.gridPos;
      y += h;
      return { ...view, panel: { ...view.panel, gridPos: { x: 0, y: y - h, w: 24, h } } };
    });
}

function describeChoice(dashboard: any, context: Context): string {
  const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const chosen = dashboard.templating.list
    .filter(({ type, name }: any) => type === 'query' && context.vars[name] !== '.+')
    .map(({ label, name }: any) => `${label}: ${context.vars[name]}`);
  return [`${time(context.from)} – ${time(context.to)} UTC`, ...chosen].join(' · ');
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.stack : String(error);
  Object.assign(window, { report: { warnings: [`the page failed: ${text}`], panels: [] } });
});
