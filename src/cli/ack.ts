import type { Acknowledged, RequestOf, SavedAtOnce } from '../client/control-protocol.ts';
import { toDocument } from '../report/document.ts';
import { describeAnnouncement } from '../report/in-words.ts';
import type { ClientReport } from '../report/types.ts';
import { DAY_MS, parseDuration } from '../runtime/units.ts';
import { requireActing } from './act-as-owner.ts';
import { requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { cleanReason, userName } from './person.ts';
import { detailLines } from './render/line.ts';
import type { Globals } from './run-command.ts';
import { reportUnsaved } from './report-unsaved.ts';
import { runTask } from './run-task.ts';

export interface AckOptions extends Globals {
  readonly client: string;
  readonly reason: string;
  /** as it was typed */
  readonly for?: string;
  readonly json?: boolean;
}

/** How long removals may be announced for, in milliseconds. */
const LONGEST_FOR_MS = 7 * DAY_MS;
/** How long a daemon may take to check the source again, in milliseconds. */
const CHECK_MS = 5 * 60_000;

interface Answer extends Acknowledged, SavedAtOnce {
  readonly report: ClientReport;
}

/** `ack`: accepts what has vanished from a source, on behalf of a person. */
export async function ack(context: Context, options: AckOptions): Promise<number> {
  const reason = cleanReason(
    options.reason,
    'say why you accept the loss, for anyone who reads this later',
  );
  const configured = await requireConfig(context, options.configDir);
  await requireActing(configured.config.stateDirectory);
  const client = requireClient(configured, options.client);
  const forMs = options.for === undefined ? undefined : durationOf(options.for);
  const acknowledgement: RequestOf<'ack'> = { by: userName(), reason, forMs };
  const answer = await runTask<Answer>(
    context,
    { client, config: configured.config },
    {
      noun: 'acknowledgement',
      silenceMs: CHECK_MS,
      request: { verb: 'ack', ...acknowledgement },
      resultIn: (given) => (given.type === 'acknowledged' ? given : undefined),
      runHere: async (unit) => {
        const answered = await unit.acknowledge(acknowledgement, context.signals.stop);
        return { ...answered, report: unit.report() };
      },
    },
  );
  if (options.json === true) context.json(document(answer));
  else for (const line of render(answer)) context.out(line);
  reportUnsaved(context, client.name, answer);
  return answer.report.source.state === 'ok' && answer.notSaved === undefined
    ? EXIT.ok
    : EXIT.failed;
}

function render(answer: Answer): string[] {
  const { accepted, announced, report } = answer;
  const { client, source } = report;
  const { state, message = '', hint } = source;
  const announcement =
    announced === undefined
      ? []
      : [`${client}: ${describeAnnouncement(announced, report.reportedAt)}`];
  const first = acknowledgementLine(answer);
  if (state === 'ok')
    return [...first, ...(accepted ? [`${client}: the source is ok`] : []), ...announcement];
  const now = `${client}: the source is ${state}: ${message}`;
  return [...first, ...announcement, now, ...detailLines(hint)];
}

function acknowledgementLine({
  accepted,
  announced,
  report: { client, source },
}: Answer): string[] {
  if (accepted !== undefined) return [`${client}: acknowledged: ${accepted.message}`];
  if (source.state === 'ok')
    return announced ? [] : [`${client}: nothing to acknowledge: the source is ok`];
  return [
    `${client}: nothing to acknowledge: the source is ${source.state}, and an acknowledgement does not change that`,
  ];
}

function document({ accepted, announced, report, notSaved }: Answer): unknown {
  const { client, source } = report;
  return {
    schemaVersion: 1,
    client,
    acknowledged: accepted === undefined ? null : toDocument(accepted),
    announced: announced === undefined ? null : toDocument(announced),
    isSaved: notSaved === undefined,
    source: toDocument(source),
  };
}

/** The duration that was typed. A longer one than a week is refused, because an announcement that is forgotten hides an attack. */
function durationOf(text: string): number {
  const forMs = parseDuration(text);
  if (forMs !== undefined && forMs > 0 && forMs <= LONGEST_FOR_MS) return forMs;
  throw new ExitError(
    EXIT.usage,
    `--for ${text} is not a duration between 1s and 7d`,
    'for example --for 2h',
  );
}
