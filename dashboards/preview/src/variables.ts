import { interpolate, labelValues, type Context } from './prometheus.ts';

/** Sets the variables of the dashboard: from the page's address, else as the dashboard has them at first. */
export async function fillVariables(
  dashboard: any,
  context: Context,
  address: URLSearchParams,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const variable of dashboard.templating?.list ?? []) {
    const given = address.get(`var-${variable.name}`);
    const options = given === null ? await optionsOf(variable, context, warnings) : [];
    context.vars[variable.name] = given ?? choose(variable, options);
  }
  return warnings;
}

async function optionsOf(variable: any, context: Context, warnings: string[]): Promise<string[]> {
  const query: string =
    typeof variable.query === 'string' ? variable.query : (variable.query?.query ?? '');
  if (variable.type === 'datasource') return ['preview'];
  if (variable.type !== 'query') return query.split(',').map((text) => text.trim());
  const call = /^label_values\((?:(.+),)?\s*(\w+)\s*\)$/.exec(interpolate(query, context.vars));
  if (call?.[2] !== undefined) return labelValues(context, call[1], call[2]);
  warnings.push(`variable ${variable.name}: this query is not supported: ${query}`);
  return [];
}

function choose(variable: any, options: string[]): string {
  const current: string[] = [variable.current?.value ?? []].flat();
  const isAll = current.includes('$__all') || (current.length === 0 && variable.includeAll);
  if (isAll && variable.allValue) return variable.allValue;
  const chosen = isAll ? options : current.length > 0 ? current : options.slice(0, 1);
  return chosen.length > 1 ? `(${chosen.join('|')})` : (chosen[0] ?? '');
}
