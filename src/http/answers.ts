import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { STATUS_CODES } from 'node:http';

export type OnError = (error: unknown, path: string) => void;

export const refuseWrites: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  response.setHeader('Allow', 'GET, HEAD');
  answerPlain(response, 405);
};

export const answerNotFound: RequestHandler = (_request, response) => {
  answerPlain(response, 404);
};

/** Sends a status and its name, never internal details: those go to `onError`. */
export function answerError(onError: OnError | undefined): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- express knows an error handler by its four parameters
  return (error: unknown, request, response, next) => {
    const status = clientErrorStatus(error) ?? 500;
    if (status === 500) onError?.(error, request.path);
    if (response.headersSent) next(error);
    else answerPlain(response, status);
  };
}

/** The status that express gives a request that it cannot read, such as a broken escape in the path. */
function clientErrorStatus(error: unknown): number | undefined {
  const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function answerPlain(response: Response, status: number): void {
  response.status(status).type('text');
  response.send(`${status} ${STATUS_CODES[status] ?? 'Error'}\n`);
}
