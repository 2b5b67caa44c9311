// Schema v1, which each Grafana reads and provisions from files; the SDK prefers v2, which only the newest do.
/* eslint-disable @typescript-eslint/no-deprecated */
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { format } from 'prettier';

export const BACKUPS_UID = 'backup-syncd-backups';
export const CLIENT_UID = 'backup-syncd-client';
export const BACKEND_UID = 'backup-syncd-backend';

export type DashboardBuilder = dashboard.DashboardBuilder;

/** What all have in common. */
export function createDashboard(options: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
}): dashboard.DashboardBuilder {
  return new dashboard.DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags(['backup-syncd', 'backup', 'restic'])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(dashboard.DashboardCursorSync.Crosshair);
}

export function linkTo(uid: string, title: string): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(title)
    .type(dashboard.DashboardLinkType.Link)
    .url(`/d/${uid}`)
    .keepTime(true)
    .includeVars(false);
}

/** The file as it is committed: each panel has a number, so that links to it stay. */
export function renderDashboard(builder: dashboard.DashboardBuilder): Promise<string> {
  const built = builder.build();
  const panels = (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  const text = JSON.stringify({ ...built, panels });
  return format(text, { parser: 'json', printWidth: 100 });
}
