import type { Request } from 'express';
import { OPENMETRICS, TEXT, type ContentType } from '../metrics/rendering.ts';

/** Prometheus 3 says so when it takes names of any letters; ours are plain, so the answer is the same. */
const OPENMETRICS_OF_ANY_NAMES = `${OPENMETRICS}; escaping=allow-utf-8`;

/** The format that the request prefers; text when it accepts neither. */
export function scrapeFormat(request: Request): ContentType {
  const accepted = request.accepts([TEXT, OPENMETRICS, OPENMETRICS_OF_ANY_NAMES]);
  return accepted === false || accepted === TEXT ? TEXT : OPENMETRICS;
}
