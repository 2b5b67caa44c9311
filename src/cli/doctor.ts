import { worstOf, type Finding } from '../doctor/finding.ts';
import { examine } from '../doctor/examine.ts';
import { CHECKS } from '../doctor/registry.ts';
import type { Context } from './context.ts';
import { EXIT, throwAsUnknown } from './exit-error.ts';
import { findSite, type SiteOptions } from './find-site.ts';
import { renderFindings, renderVerdict } from './render/doctor.ts';

export interface DoctorOptions extends SiteOptions {
  readonly json?: boolean;
}

/** `doctor`: everything that the set-up can have wrong, one line each. Changes nothing, and needs no daemon. */
export async function doctor(context: Context, options: DoctorOptions): Promise<number> {
  const site = await findSite(context, options).catch(throwAsUnknown);
  const findings: Finding[] = [];
  const { stop: signal } = context.signals;
  for await (const found of examine(CHECKS, site, { signal })) {
    findings.push(...found);
    if (options.json === true) continue;
    for (const line of renderFindings(found, context.width())) context.out(line);
  }
  const severity = worstOf(findings);
  const judgedFor = site.user.words;
  if (options.json === true) context.json({ schemaVersion: 1, severity, judgedFor, findings });
  else for (const line of renderVerdict(findings, site.user)) context.out(line);
  return severity === 'error' ? EXIT.critical : EXIT[severity];
}
