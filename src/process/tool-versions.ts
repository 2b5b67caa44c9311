import { runTool } from './run-tool.ts';

const TOOLS: Readonly<Record<string, RegExp>> = {
  restic: /^restic (\d[\w.-]*)/,
  rclone: /^rclone v(\d[\w.-]*)/,
};
const TIMEOUT_MS = 10_000;

/** Versions of the tools on PATH, by name, without tools that are missing or do not report one. */
export async function toolVersions(signal: AbortSignal): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(TOOLS).map(async ([tool, pattern]) => {
      const { stdout } = await runTool(tool, ['version'], { timeoutMs: TIMEOUT_MS, signal });
      const version = pattern.exec(stdout)?.[1];
      return version === undefined ? [] : [[tool, version] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}
