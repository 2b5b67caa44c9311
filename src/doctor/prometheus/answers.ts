import * as z from 'zod/mini';

/** The parts of Prometheus's API that are used; see https://prometheus.io/docs/prometheus/latest/querying/api/. */

const text = z.string();
const Labels = z.record(z.string(), z.string());

export const Targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ labels: Labels, scrapeUrl: text, health: text, lastError: z.optional(text) }),
    ),
  }),
});
export type Target = z.infer<typeof Targets>['data']['activeTargets'][number];

export const Rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: text,
            query: text,
            health: z.optional(text),
            lastError: z.optional(text),
          }),
        ),
      }),
    ),
  }),
});
export type LoadedRule = z.infer<typeof Rules>['data']['groups'][number]['rules'][number];

export const Alertmanagers = z.object({
  data: z.object({ activeAlertmanagers: z.array(z.object({ url: text })) }),
});

export const Vector = z.object({
  data: z.object({ result: z.array(z.object({ metric: Labels })) }),
});
