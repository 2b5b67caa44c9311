import { textOf } from '../../../../src/cli/render/line.ts';
import { renderStatus, type StatusView } from '../../../../src/cli/render/status.ts';
import { select, type Filter } from '../../../../src/report/select.ts';
import type { Picture } from '../../../../src/report/types.ts';
import { NOW } from '../../metrics/sample-report.ts';

interface Options extends Filter, Partial<Pick<StatusView, 'width' | 'isDetailed' | 'now'>> {
  /** clients that no daemon runs */
  readonly remembered?: readonly string[];
}

/** The output of `status`, without colours. */
export function showStatus(
  picture: Picture,
  { states, remembered = [], ...options }: Options = {},
): string[] {
  const selection = select(picture, states === undefined ? {} : { states });
  const found = picture.clients.map((report) => ({
    report,
    isRunning: !remembered.includes(report.client),
  }));
  const usual = { isDetailed: false, width: Infinity, now: NOW };
  return renderStatus({ picture, found, selection, ...usual, ...options }).map(textOf);
}
