import { DiskDoubtError } from '../backends/new-place.ts';
import type { Comparison } from '../backends/initialise.ts';
import { backendTraits, labelOf } from '../kinds/traits.ts';
import { isAbort } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/parse-json.ts';
import { actAs, needsOther, runCommandAs } from './act-as-owner.ts';
import { confirm } from './confirm.ts';
import type { Context } from './context.ts';
import { asExitError } from './exit-error.ts';
import { detailLines } from './render/line.ts';
import {
  checkPlace,
  CREATED,
  isSetUp,
  makeAtRemote,
  makeDirectory,
  markPlace,
  type Checked,
  type NewBackend,
  type SetUpOptions,
  type SetUpSite,
} from './set-up.ts';

/** The result for one place. */
export interface SetUpResult {
  readonly client: string;
  readonly backend: string;
  /** for people */
  readonly location: string;
  /** `unmanaged`: the operator's own program writes there, and nothing is to be set up. `possible`: of a dry run */
  readonly outcome: 'created' | 'adopted' | 'already' | 'unmanaged' | 'possible' | 'refused';
  readonly comparison?: Comparison;
  /** why it was refused, or what was done */
  readonly message?: string;
  readonly hint?: string;
  readonly details?: readonly string[];
}

interface ManyOptions extends SetUpOptions {
  readonly isDryRun?: boolean;
}

/**
 * Makes each place a backend, unless it is one. One that cannot be is no reason to leave out the others. A person is asked, on a
 * terminal, about a place whose disk may be the wrong one.
 */
export async function setUpPlaces(
  context: Context,
  site: SetUpSite,
  given: ManyOptions & { readonly places: readonly NewBackend[] },
): Promise<SetUpResult[]> {
  const { places, adopt = false, newDisk = false, sameDisk = false, isDryRun = false } = given;
  const options = { adopt, newDisk, sameDisk, isDryRun };
  const ready: Prepared[] = [];
  for (const place of places)
    ready.push(
      await attempt({ ...place, isDryRun }, prepare(context, site, { ...place, ...options })),
    );
  // what root alone can do is done
  const isOther = !isDryRun && needsOther(site.daemon);
  if (!isDryRun && !isOther) await actAs(site.daemon);
  const results: SetUpResult[] = [];
  for (const each of ready) {
    if ('outcome' in each) results.push(each);
    else
      results.push(
        await attempt(each.checked, isOther ? askOther(site, each) : finish(context, site, each)),
      );
  }
  return results;
}

/** Does what `finish` does, in a process of the daemon's user. The disk has been checked before. */
async function askOther(
  { configured, daemon }: SetUpSite,
  { checked: { client, backend }, isMade, adopt }: Ready,
): Promise<SetUpResult> {
  const options = ['--json', '--new-disk', '--same-disk', ...(adopt && !isMade ? ['--adopt'] : [])];
  const init = ['backend', 'init', ...options, client.name, backend.name];
  const args = ['--config-dir', configured.config.directory, ...init];
  const { stdout } = await runCommandAs(daemon, args, { isRead: true });
  const answer = parseJson(stdout) as { readonly places: readonly SetUpResult[] } | undefined;
  const [result] = answer?.places ?? [];
  if (result === undefined)
    throw new SyncdError(
      'tool',
      'the process that should set it up did not answer',
      `what it printed is above; once that is corrected, run: backup-syncd backend init ${client.name} ${backend.name}`,
    );
  return { ...result, ...(isMade && result.message && { message: `${result.message}${CREATED}` }) };
}

interface Ready {
  readonly checked: Checked;
  /** its directory did not exist */
  readonly isMade: boolean;
  readonly adopt: boolean;
}

type Prepared = Ready | SetUpResult;

async function prepare(
  context: Context,
  site: SetUpSite,
  place: NewBackend & ManyOptions,
): Promise<Prepared> {
  const result = describe(place);
  if (!backendTraits(place.backend).hasMarker) return { ...result, outcome: 'unmanaged' };
  if (await isSetUp(context, site, place)) return { ...result, outcome: 'already' };
  const checked = await checkOrAsk(context, site, place);
  if (place.isDryRun === true) return { ...result, outcome: 'possible' };
  const isMade = await makeDirectory(context, site, checked);
  return { checked, isMade, adopt: place.adopt === true };
}

async function checkOrAsk(
  context: Context,
  site: SetUpSite,
  place: NewBackend & ManyOptions,
): Promise<Checked> {
  try {
    return await checkPlace(context, site, place);
  } catch (error) {
    const isAsked = error instanceof DiskDoubtError && context.isTerminal && !place.isDryRun;
    if (!isAsked || !process.stdin.isTTY) throw error;
    if (!(await confirm(context, `${error.message}. Set it up there anyway?`))) throw error;
    const confirmed = error.option === '--new-disk' ? { newDisk: true } : { sameDisk: true };
    return checkOrAsk(context, site, { ...place, ...confirmed });
  }
}

async function finish(
  context: Context,
  site: SetUpSite,
  { checked, ...ready }: Ready,
): Promise<SetUpResult> {
  const isMade = ready.isMade || (await makeAtRemote(context, site, checked));
  const adopt = ready.adopt && !isMade;
  const { done, comparison, details } = await markPlace(context, checked, { adopt, isMade });
  return {
    ...describe(checked),
    outcome: adopt ? 'adopted' : 'created',
    message: done,
    details,
    ...(comparison !== undefined && { comparison }),
  };
}

function describe({ client, backend }: NewBackend) {
  return { client: client.name, backend: backend.name, location: labelOf(backend) };
}

async function attempt<T>(
  place: NewBackend & { readonly isDryRun?: boolean },
  work: Promise<T>,
): Promise<T | SetUpResult> {
  try {
    return await work;
  } catch (error) {
    if (isAbort(error)) throw error;
    const known = error instanceof SyncdError ? error : asExitError(error);
    if (known === undefined) throw error;
    const { message } = known;
    const hint = hintFor(error, place.isDryRun === true) ?? known.hint;
    return {
      ...describe(place),
      outcome: 'refused',
      message,
      ...(hint !== undefined && { hint }),
    };
  }
}

/** In a dry run, the client may not exist yet, so no hint may name it in a command. */
function hintFor(error: unknown, isDryRun: boolean): string | undefined {
  if (!isDryRun || !(error instanceof DiskDoubtError)) return undefined;
  return `mount its disk first; if this place is right, add ${error.option}`;
}

/** The results in lines, those that need a person last. */
export function renderSetUp(results: readonly SetUpResult[]): string[] {
  const lines = (each: SetUpResult) => {
    const { client, backend, details = [], hint } = each;
    return [`${client} → ${backend}: ${inWords(each)}`, ...detailLines(...details, hint)];
  };
  const isRefused = ({ outcome }: SetUpResult) => outcome === 'refused';
  return [...results.filter((each) => !isRefused(each)), ...results.filter(isRefused)].flatMap(
    lines,
  );
}

function inWords({ outcome, location, message = '' }: SetUpResult): string {
  switch (outcome) {
    case 'already':
      return `${location} is a backend already`;
    case 'unmanaged':
      return `${location} is written by a script: there is nothing to set up`;
    case 'possible':
      return `${location} would become a backend`;
    case 'refused':
      return message.includes(location)
        ? `refused: ${message}`
        : `${location} was refused: ${message}`;
    default:
      return `${location} ${message}`;
  }
}
