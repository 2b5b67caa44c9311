import type { Severity } from '../report/types.ts';
import { EXIT } from './exit-error.ts';

/** The exit code of `status`, with and without `--plugin`. */
export const EXIT_OF: Readonly<Record<Severity, number>> = {
  ok: EXIT.ok,
  warning: EXIT.warning,
  critical: EXIT.critical,
  unknown: EXIT.unknown,
};
