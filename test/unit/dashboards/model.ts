import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { projectDirectory } from '../../support/tools.ts';

/** The part of the committed JSON that the tests read. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
}

export interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly mappings?: readonly unknown[] };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: unknown;
  readonly datasource?: { readonly uid: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export const dashboardFiles = [
  'dashboards/backup-syncd-backups.json',
  'dashboards/backup-syncd-client.json',
  'dashboards/backup-syncd-backend.json',
] as const;

export function readDashboard(file: string): Dashboard {
  return JSON.parse(readFileSync(`${projectDirectory}/${file}`, 'utf8')) as Dashboard;
}

/** Without the rows, which are titles. */
export function panelsOf({ panels }: Dashboard): Panel[] {
  return panels.filter(({ type }) => type !== 'row');
}

interface Exclusions {
  readonly exclusions: Readonly<
    Record<
      string,
      { readonly reason: string; readonly entries: readonly { dashboard: string; panel: string }[] }
    >
  >;
}

/** Whether the file for the linter makes an exception. */
export function isExcepted(rule: string, dashboard: Dashboard, panel: Panel): boolean {
  const text = readFileSync(`${projectDirectory}/dashboards/.lint`, 'utf8');
  const { exclusions } = parse(text) as Exclusions;
  const entries = exclusions[rule]?.entries ?? [];
  return entries.some(
    (entry) => entry.dashboard === dashboard.title && entry.panel === panel.title,
  );
}
