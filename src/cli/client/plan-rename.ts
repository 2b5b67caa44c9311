import { editYaml } from '../../config/edit/edit-yaml.ts';
import { withFile } from '../../config/edit/preview.ts';
import { renamedText } from '../../config/edit/rename-client.ts';
import { loadRead } from '../../config/load.ts';
import { DAEMON_FILE } from '../../config/parse.ts';
import { formatProblem } from '../../config/problem.ts';
import type { DisabledClient } from '../../config/types.ts';
import { requireClient } from '../configured.ts';
import { clientFileOf, textToEdit, type Editable } from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { userName } from '../person.ts';

/** The texts that `client rename` writes. */
export interface Plan {
  readonly from: string;
  readonly before: string;
  /** the old file while the client is being renamed */
  readonly disabled: string;
  /** the new file */
  readonly renamed: string;
  /** an earlier command disabled the client, and was killed */
  readonly wasDisabledHere: boolean;
}

/** Whether an earlier command to the same name was interrupted. Throws if there is one to another name. */
function isInterrupted(off: DisabledClient | undefined, to: string): boolean {
  const reason = `${RENAMING}${to}`;
  if (off?.reason === undefined || off.reason === reason) return off?.reason === reason;
  if (!off.reason.startsWith(RENAMING)) return false;
  const other = off.reason.slice(RENAMING.length);
  throw new ExitError(
    EXIT.busy,
    `${off.name}: ${off.reason}, by ${off.by ?? 'someone'}`,
    // client enable would make new services while those of the client have the other name
    `if that command was interrupted, run it again, then rename ${other} to ${to}`,
  );
}

/** The reason for being disabled meanwhile; the new name follows. */
const RENAMING = 'it is being renamed to ';

/** Throws for what would be a problem under the new name, before anything is changed. */
export function planRename(editable: Editable, from: string, to: string): Plan {
  const { read, root, config } = editable;
  const before = textToEdit(editable, from);
  const off = config.disabled.find(({ name }) => name === from);
  if (before === undefined || off === undefined) requireClient(editable, from);
  const text = before ?? '';
  const wasDisabledHere = isInterrupted(off, to);
  const disabled = off
    ? text
    : editYaml(text, { enabled: false, disabled: { reason: `${RENAMING}${to}`, by: userName() } });
  const original = wasDisabledHere
    ? editYaml(text, { enabled: undefined, disabled: undefined })
    : text;
  const daemon = read.files.find(({ path }) => path === DAEMON_FILE);
  const client = { path: clientFileOf(from), text: original ?? '' };
  const renamed = renamedText({ name: from, client, daemon });
  if (disabled === undefined || renamed === undefined)
    throw new ExitError(
      EXIT.configuration,
      `${client.path} cannot be changed`,
      'see: backup-syncd check-config',
    );
  const files = withFile(withFile(read, client.path, undefined), clientFileOf(to), renamed);
  const problems = loadRead(files, root).clientProblems.get(to);
  if (problems === undefined) return { from, before: text, disabled, renamed, wasDisabledHere };
  throw new ExitError(
    EXIT.configuration,
    `as ${to}, the client would have problems, and nothing was changed:`,
    'correct them, then run the command again',
    problems.map(formatProblem),
  );
}
