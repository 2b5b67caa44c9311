import type { Context } from './context.ts';

export async function demo(_context: Context, _options: { port?: number }): Promise<number> {
  throw new Error('not built yet');
}
