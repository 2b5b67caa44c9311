import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export function recorded() {
  const written: string[] = [];
  const stream = new Writable({
    write(text, _encoding, done) {
      written.push(String(text));
      done();
    },
  });
  return { stream, written };
}
