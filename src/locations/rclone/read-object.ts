import { parseJson } from '../../runtime/parse-json.ts';

/** Reads a JSON object that rclone wrote, with values of any type; empty for anything else. */
export function readObject(json: string): Readonly<Record<string, unknown>> {
  const value = parseJson(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
