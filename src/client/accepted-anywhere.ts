import type { Backend } from '../backends/backend.ts';

/** How long the backends are asked for their markers, in milliseconds: a remote needs longer to start with. */
const ACCEPTED_MS = { directory: 2_000, remote: 30_000 };

/** Whether `backend accept-config` was called for any of them. */
export async function isAcceptedAnywhere(
  backends: readonly Backend[],
  configSha256: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = backends.map(async (backend) => {
    const deadlineMs = ACCEPTED_MS[backend.isRemote ? 'remote' : 'directory'];
    const soon = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]); // a hung backend holds up nobody for long
    if (!(await backend.accepts(configSha256, { signal: soon }))) throw new Error('not accepted');
  });
  return Promise.any(answers).then(
    () => true,
    () => false,
  );
}
