// Transformations and field options: what Grafana does to an answer before a panel shows it.
import {
  applyFieldOverrides,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  FieldType,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  thresholdsOverrideProcessor,
  transformDataFrame,
  type DataFrame,
  type GrafanaTheme2,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

standardTransformersRegistry.setInit(() =>
  [...new Set<any>(Object.values(standardTransformers))].map((transformer) => ({
    id: transformer.id,
    name: transformer.name,
    transformation: () => Promise.resolve(transformer),
    editor: () => null,
    imageDark: '',
    imageLight: '',
  })),
);

/** What Grafana's panels register; they are not on npm. */
const CUSTOM_DEFAULTS: Record<string, Record<string, unknown>> = {
  timeseries: {
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: 0,
    gradientMode: 'none',
    pointSize: 5,
    showPoints: 'auto',
    spanNulls: false,
    barAlignment: 0,
    barWidthFactor: 0.6,
    axisPlacement: 'auto',
    axisColorMode: 'text',
    axisBorderShow: false,
    axisCenteredZero: false,
    scaleDistribution: { type: 'linear' },
    stacking: { mode: 'none', group: 'A' },
    thresholdsStyle: { mode: 'off' },
    hideFrom: { tooltip: false, viz: false, legend: false },
    lineStyle: { fill: 'solid' },
  },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, footer: { reducers: [] } },
};
const THRESHOLDS = {
  mode: 'absolute',
  steps: [
    { color: 'green', value: -Infinity },
    { color: 'red', value: 80 },
  ],
};
const STANDARD: Record<string, any> = {
  unit: identityOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: identityOverrideProcessor,
  noValue: identityOverrideProcessor,
  links: identityOverrideProcessor,
  description: identityOverrideProcessor,
  fieldMinMax: identityOverrideProcessor,
};

export interface Surroundings {
  readonly theme: GrafanaTheme2;
  readonly replaceVariables: (text: string, scoped?: any) => string;
  readonly warn: (message: string) => void;
}

export async function prepareFrames(
  panel: any,
  answers: DataFrame[],
  surroundings: Surroundings,
): Promise<DataFrame[]> {
  const { theme, replaceVariables, warn } = surroundings;
  for (const { id } of panel.transformations ?? []) {
    if (!standardTransformersRegistry.getIfExists(id)) warn(`no such transformation here: ${id}`);
  }
  const data = await lastValueFrom(
    transformDataFrame(panel.transformations ?? [], answers, { interpolate: replaceVariables }),
  );
  const overrides = panel.fieldConfig?.overrides ?? [];
  const defaults = defaultsOf(panel);
  const fieldConfigRegistry = createRegistry(panel.type, defaults.custom, overrides);
  for (const { id } of overrides.flatMap(({ properties }: any) => properties)) {
    if (!fieldConfigRegistry.getIfExists(id)) warn(`this override is not known here: ${id}`);
  }
  return applyFieldOverrides({
    data,
    fieldConfig: { defaults, overrides },
    replaceVariables,
    theme,
    timeZone: 'utc',
    fieldConfigRegistry,
  });
}

function defaultsOf(panel: any): any {
  const given = panel.fieldConfig?.defaults ?? {};
  const mode = panel.type === 'timeseries' ? 'palette-classic' : 'thresholds';
  const thresholds = given.thresholds ?? THRESHOLDS;
  return {
    color: { mode },
    ...given,
    // JSON has no -Infinity: Grafana reads null as that
    thresholds: {
      ...thresholds,
      steps: thresholds.steps.map((step: any) => ({ ...step, value: step.value ?? -Infinity })),
    },
    custom: { ...CUSTOM_DEFAULTS[panel.type], ...given.custom },
  };
}

function createRegistry(type: string, custom: object, overrides: any[]) {
  const overridden = overrides
    .flatMap(({ properties }) => properties.map(({ id }: any) => id as string))
    .filter((id) => id.startsWith('custom.'))
    .map((id) => id.slice('custom.'.length));
  const shouldApply = (isCustom: boolean) => (field: any) =>
    !(isCustom && type === 'timeseries' && field.type !== FieldType.number);
  const item = (id: string, path: string, process: any) => {
    const isCustom = id !== path;
    return {
      id,
      path,
      name: id,
      isCustom,
      process,
      shouldApply: shouldApply(isCustom),
      editor: () => null,
      override: () => null,
      settings: id === 'displayName' ? { expandTemplateVars: true } : {},
    };
  };
  const names = [...new Set([...Object.keys(custom), ...overridden])];
  return new FieldConfigOptionsRegistry(
    () =>
      [
        ...Object.entries(STANDARD).map(([name, process]) => item(name, name, process)),
        ...names.map((name) => item(`custom.${name}`, name, identityOverrideProcessor)),
      ] as any,
  );
}
