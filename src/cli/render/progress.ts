import type { ClientReport, Doing } from '../../report/types.ts';
import { formatBytes, formatDuration } from '../../runtime/units.ts';
import { printable } from '../../runtime/printable.ts';
import type { Context } from '../context.ts';

/** Shows the progress of a long pass: one rewritten line on a terminal, plain lines now and then otherwise. */
export interface ProgressView {
  show(report: ClientReport): void;
  end(): void;
}

/** The interval between plain lines, in milliseconds. */
const PLAIN_MS = 10_000;

export function createProgressView(context: Context, isSilent: boolean): ProgressView {
  if (isSilent) return { show: () => undefined, end: () => undefined };
  return context.isTerminal ? rewriting() : plain(context);
}

function rewriting(): ProgressView {
  const lines = new Map<string, string>();
  let isShown = false;
  return {
    show: (report) => {
      lines.set(report.client, describe(report));
      const text = [...lines.values()].filter(Boolean).join(' · ');
      if (text === '' && !isShown) return;
      process.stderr.write(
        `\r\u001b[K${printable(text).slice(0, (process.stderr.columns || 80) - 1)}`,
      );
      isShown = true;
    },
    end: () => {
      if (isShown) process.stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}

function plain(context: Context): ProgressView {
  let printedAt = context.clock.now();
  return {
    show: (report) => {
      const text = describe(report);
      if (text === '' || context.clock.now() - printedAt < PLAIN_MS) return;
      printedAt = context.clock.now();
      context.err(text);
    },
    end: () => undefined,
  };
}

/** Describes running work: the progress of transfers, and how long a place has been checked. */
export function describe({ client, source, backends, reportedAt }: ClientReport): string {
  const doing = ({ what, since }: Doing) => `${what} for ${formatDuration(reportedAt - since)}`;
  return [
    ...(source.doing === undefined ? [] : [`${client} → source: ${doing(source.doing)}`]),
    ...backends.flatMap((state) => {
      const { backend, progress } = state;
      if (state.doing !== undefined) return [`${client} → ${backend}: ${doing(state.doing)}`];
      if (progress === undefined || progress.totalBytes === 0) return [];
      const percent = Math.floor((100 * progress.bytes) / progress.totalBytes);
      return [
        `${client} → ${backend}: ${progress.phase} ${percent}% of ${formatBytes(progress.totalBytes)}`,
      ];
    }),
  ].join(' · ');
}
