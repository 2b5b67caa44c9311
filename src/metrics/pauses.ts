import type { BackendState, ClientReport } from '../report/types.ts';
import type { BACKEND_PAUSES, PAUSES } from './names.ts';
import { seconds, type Values } from './values.ts';

export function pauseValues({ pause }: ClientReport): Values<keyof typeof PAUSES> {
  return { client_paused_until_timestamp_seconds: seconds(pause?.endsAt) };
}

export function backendPauseValues({ pause }: BackendState): Values<keyof typeof BACKEND_PAUSES> {
  return { backend_paused_until_timestamp_seconds: seconds(pause?.endsAt) };
}
