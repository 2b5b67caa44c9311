import type { ControlRequest, PauseChange } from '../client/control-protocol.ts';
import type { ClientUnit } from '../client/unit.ts';
import { requireActing } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-error.ts';
import { cleanReason, userName } from './person.ts';
import { pauseDocument, renderPause, renderResume, type PauseAnswer } from './render/pause.ts';
import type { ClientOptions } from './run-command.ts';
import { reportUnsaved } from './report-unsaved.ts';
import { runTask } from './run-task.ts';
import type { Runnable } from './targets.ts';
import { untilOf } from './until.ts';

export interface ResumeOptions extends ClientOptions {
  readonly backend?: string | undefined;
}

export interface PauseOptions extends ResumeOptions {
  /** as it was typed */
  readonly until: string;
  readonly reason: string;
}

type Request = Extract<ControlRequest, { verb: 'pause' | 'resume' }>;

/** `pause`: leaves a client or a backend alone for a while. */
export async function pause(context: Context, options: PauseOptions): Promise<number> {
  const reason = cleanReason(options.reason, 'say why, for anyone who wonders about it later');
  const target = await requireTarget(context, options);
  const { backend } = options;
  const endsAt = untilOf(options.until, context.clock.now());
  const request: Request = { verb: 'pause', backend, by: userName(), reason, endsAt };
  const answer = await change(context, target, request);
  show(context, options, { answer, lines: renderPause });
  return answer.notSaved === undefined ? EXIT.ok : EXIT.failed;
}

/** `resume`: ends a pause. */
export async function resume(context: Context, options: ResumeOptions): Promise<number> {
  const target = await requireTarget(context, options);
  const { backend } = options;
  const answer = await change(context, target, { verb: 'resume', backend, by: userName() });
  show(context, options, { answer, lines: renderResume });
  const isResumed = answer.change.pause === undefined && answer.notSaved === undefined;
  return isResumed ? EXIT.ok : EXIT.failed;
}

async function requireTarget(context: Context, options: ResumeOptions): Promise<Runnable> {
  const configured = await requireConfig(context, options.configDir);
  await requireActing(configured.config.stateDirectory);
  const client = requireClient(configured, options.client);
  if (options.backend !== undefined) requireBackend(client, options.backend);
  return { name: client.name, client, config: configured.config };
}

interface Shown {
  readonly answer: PauseAnswer;
  readonly lines: (answer: PauseAnswer, options: ResumeOptions) => string[];
}

function show(context: Context, options: ResumeOptions, { answer, lines }: Shown): void {
  if (options.json === true) context.json(pauseDocument(answer, options));
  else if (options.quiet !== true) for (const line of lines(answer, options)) context.out(line);
  reportUnsaved(context, options.client, answer);
}

async function change(context: Context, target: Runnable, request: Request): Promise<PauseAnswer> {
  return runTask<PauseAnswer>(context, target, {
    noun: request.verb,
    request,
    // what is running is given ten seconds to stop, and then the state is saved
    resultIn: (answer) => (answer.type === 'paused' ? answer : undefined),
    runHere: async (unit) => ({ change: await changeHere(unit, request) }),
  });
}

async function changeHere({ pauses }: ClientUnit, request: Request): Promise<PauseChange> {
  return request.verb === 'pause' ? pauses.pause(request) : pauses.resume(request);
}
