import type { ReadResult } from '../read-files.ts';

/** The files of a configuration if one of them had this text; undefined: if it did not exist. Pure. */
export function withFile(read: ReadResult, path: string, text: string | undefined): ReadResult {
  const { isEmpty: _, ...rest } = read;
  const others = read.files.filter((file) => file.path !== path);
  const files = text === undefined ? others : [...others, { path, text }];
  return {
    ...rest,
    files,
    problems: read.isEmpty === true && files.length > 0 ? [] : read.problems,
  };
}
