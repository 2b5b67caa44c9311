import type { Backend } from '../backends/backend.ts';
import { withDeadline } from '../runtime/abort.ts';

/** How long to wait for the backends' markers, in milliseconds: a remote needs longer at first. */
const ACCEPTED_MS = { directory: 2_000, remote: 30_000 };

/** Whether `backend accept-config` was run for any of them. */
export async function isAcceptedAnywhere(
  backends: readonly { readonly backend: Backend }[],
  configSha256: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = backends.map(async ({ backend }) => {
    const deadlineMs = ACCEPTED_MS[backend.isRemote ? 'remote' : 'directory'];
    const soon = withDeadline(signal, deadlineMs); // a hung backend must not delay others for long
    if (!(await backend.accepts(configSha256, { signal: soon }))) throw new Error('not accepted');
  });
  return Promise.any(answers).then(
    () => true,
    () => false,
  );
}
