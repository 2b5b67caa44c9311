import type { RetireMessage } from '../client/move-retired.ts';
import type { Retirement } from '../backends/retire.ts';
import type { BackendConfig } from '../config/types.ts';
import { backendTraits } from '../kinds/traits.ts';
import { requireActing } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig } from './configured.ts';
import { confirm } from './confirm.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { destroyCommands, renderRetirement } from './render/retire.ts';
import type { Globals } from './run-command.ts';
import { runTask, type Here } from './run-task.ts';

export interface RetireCommand extends Globals {
  readonly client: string;
  readonly ask: RetireMessage;
  readonly yes: boolean;
  readonly json: boolean;
}

/** `backend retire` and `backend restore-retired`: shows what would be moved, asks, and moves it. */
export async function retire(context: Context, command: RetireCommand): Promise<number> {
  const { ask } = command;
  const configured = await requireConfig(context, command.configDir);
  await requireActing(configured.config.stateDirectory);
  const client = requireClient(configured, command.client);
  const backend = requireBackend(client, ask.backend);
  if (!backendTraits(backend).hasMarker) throw scriptBackendError(backend);
  requireChoice(ask);
  if (command.json) requireNoQuestion(command);
  const here = { client, config: configured.config };
  const { name } = client;
  if (command.json) {
    context.json(toDocument(await perform(context, here, ask), { client: name, backend, ask }));
    return EXIT.ok;
  }
  if (ask.isDryRun || !command.yes) {
    const planned = await perform(context, here, { ...ask, isDryRun: true });
    for (const line of renderRetirement(ask, planned, { isDone: false, client: name }))
      context.out(line);
    if (ask.isDryRun || planned.moved.length === 0)
      return printDestroyCommands(context, backend, planned, ask);
    if (!(await confirm(context, 'Move them?', 'or use --dry-run to see what would be moved'))) {
      context.out('nothing was moved');
      return EXIT.failed;
    }
  }
  const done = await perform(context, here, ask);
  for (const line of renderRetirement(ask, done, { isDone: true, client: name })) context.out(line);
  return printDestroyCommands(context, backend, done, ask);
}

function scriptBackendError({ name, kind }: BackendConfig): ExitError {
  return new ExitError(
    EXIT.usage,
    `${name} is a ${kind}: backup-syncd does not change what it has written`,
    'remove by hand what the source no longer has',
  );
}

function requireChoice(ask: RetireMessage): void {
  if (ask.verb !== 'retire' || ask.keys || ask.all || ask.objects.length > 0) return;
  throw new ExitError(EXIT.usage, 'say what to move: --keys, --all, index/ID or snapshots/ID');
}

function requireNoQuestion({ ask, yes }: RetireCommand): void {
  if (yes || ask.isDryRun) return;
  throw new ExitError(EXIT.usage, '--json cannot ask: add --yes or --dry-run');
}

/** The document of --json. */
function toDocument(
  { date, moved, retiredKeys, dates }: Retirement,
  of: { readonly client: string; readonly backend: BackendConfig; readonly ask: RetireMessage },
): object {
  const { client, backend, ask } = of;
  return {
    client,
    backend: backend.name,
    dryRun: ask.isDryRun,
    date: date ?? null,
    moved,
    retiredDates: dates,
    retiredKeys,
    destroyKeys: destroyCommands(backend, retiredKeys),
  };
}

// eslint-disable-next-line max-params -- where, of what, and why
function printDestroyCommands(
  context: Context,
  backend: BackendConfig,
  { retiredKeys }: Retirement,
  ask: RetireMessage,
): number {
  if (ask.verb !== 'retire' || retiredKeys.length === 0) return EXIT.ok;
  context.out(
    'anyone who can read the place can still open the replica with a retired key. To destroy the keys:',
  );
  for (const line of destroyCommands(backend, retiredKeys)) context.out(`  ${line}`);
  return EXIT.ok;
}

/** Moves in the daemon that runs the client, or here if there is none. */
async function perform(context: Context, here: Here, ask: RetireMessage): Promise<Retirement> {
  return runTask<Retirement>(context, here, {
    noun: 'move',
    request: ask,
    resultIn: (answer) => (answer.type === 'retired' ? answer.retirement : undefined),
    ifStopped: 'run the command again: it continues where it stopped',
    runHere: (unit) => unit.moveRetired(ask.backend, ask, context.signals.stop),
  });
}
