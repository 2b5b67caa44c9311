import type { Request } from 'express';
import { OPENMETRICS, TEXT, type ContentType } from '../metrics/rendering.ts';

/** Prometheus 3 sends this when it accepts UTF-8 names. Ours are plain, so the response is the same. */
const OPENMETRICS_OF_ANY_NAMES = `${OPENMETRICS}; escaping=allow-utf-8`;

/** The format that the request prefers; text when it accepts neither. */
export function scrapeFormat(request: Request): ContentType {
  const accepted = request.accepts([TEXT, OPENMETRICS, OPENMETRICS_OF_ANY_NAMES]);
  return accepted === false || accepted === TEXT ? TEXT : OPENMETRICS;
}
