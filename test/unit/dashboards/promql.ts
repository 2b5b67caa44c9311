import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Replaces variables as Grafana would. */
export function withoutVariables(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__interval', '1m')
    .replaceAll('$__range', '24h');
}

export interface Selector {
  readonly metric: string;
  /** As written: label, operator, value in quotes. */
  readonly matchers: readonly string[];
  /** The functions and aggregations around it, innermost first. */
  readonly within: readonly string[];
}

/** The selectors of an expression. Throws where it is no PromQL. */
export function selectorsOf(expr: string): Selector[] {
  const text = withoutVariables(expr);
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`);
      if (type.name !== 'VectorSelector') return;
      const matchers = node
        .getChildren('LabelMatchers')
        .flatMap((list) => list.getChildren('UnquotedLabelMatcher'))
        .map((matcher) => text.slice(matcher.from, matcher.to));
      const name = node.getChild('Identifier');
      const metric = name === null ? '' : text.slice(name.from, name.to);
      selectors.push({ metric, matchers, within: surroundings(node, text) });
    },
  });
  return selectors;
}

function surroundings(node: SyntaxNode, text: string): string[] {
  const names: string[] = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    const name = at.getChild('FunctionIdentifier') ?? at.getChild('AggregateOp');
    if (name !== null) names.push(text.slice(name.from, name.to));
  }
  return names;
}
