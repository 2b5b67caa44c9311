import type { Config } from '../../config/types.ts';
import { toolVersions } from '../../process/tool-versions.ts';
import { isOlder } from '../../runtime/versions.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';
import type { Place } from '../site.ts';

/** The oldest versions that are tested. */
const OLDEST: Readonly<Record<string, string>> = { restic: '0.14.0', rclone: '1.60.0' };

/** The programs that places and passwords need. */
export const tools: Check = {
  name: 'tools',
  run: async ({ config, places }, signal) =>
    judgeTools(await toolVersions(signal), neededBy(config, places)),
};

/** The tools that are needed, each with what needs it. */
export type Needs = ReadonlyMap<string, string>;

function neededBy(config: Config | undefined, places: readonly Place[]): Needs {
  const reasons = places.flatMap(({ client, place, traits }): [string, string][] =>
    traits.tool === undefined ? [] : [[traits.tool.name, `reaches ${place} of ${client}`]],
  );
  const secret = config?.clients.find(({ source }) => source.password !== undefined);
  if (secret !== undefined) reasons.push(['restic', `uses the password of ${secret.name}`]);
  return new Map(reasons.reverse());
}

/** Pure. */
export function judgeTools(
  found: Readonly<Record<string, string>>,
  needs: Needs,
): readonly Judgement[] {
  return Object.keys(OLDEST).map((tool) => judgeTool(tool, found[tool], needs.get(tool)));
}

function judgeTool(tool: string, version: string | undefined, need: string | undefined): Judgement {
  const oldest = OLDEST[tool] ?? '';
  if (version === undefined && need === undefined)
    return { severity: 'ok', message: `${tool} is not installed, and nothing here needs it` };
  if (version === undefined)
    return {
      severity: 'error',
      message: `${tool}, which ${need}, is not on PATH, or does not report its version`,
      hint: `install its package: apt install ${tool}`,
    };
  if (!isOlder(version, oldest)) return { severity: 'ok', message: `${tool} ${version}` };
  return {
    severity: 'warning',
    message: `${tool} ${version} is older than ${oldest}, the oldest version that is tested`,
    hint: `upgrade it: apt install ${tool}, or 'sudo ${tool} self-update'`,
  };
}
