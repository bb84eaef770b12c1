import type { Registry } from 'prom-client';

/** The answer to one GET. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** GET, by path. */
export type Routes<Path extends string = string> = Readonly<
  Record<Path, () => Answer | Promise<Answer>>
>;

/** The views of a program that its health and metrics are read from. */
export interface ProgramViews {
  /** Why the program is not ready, as a sentence without a full stop; undefined when it is. */
  readonly notReady: () => string | undefined;
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
}

/**
 * The paths that each program has: `/healthz` (it answers), `/readyz` (it does its work) and
 * `/metrics` (for Prometheus).
 */
export function programRoutes({
  notReady,
  registry,
}: ProgramViews): Routes<'/healthz' | '/readyz' | '/metrics'> {
  return {
    '/healthz': () => textAnswer(200, 'ok'),
    '/readyz': () => {
      const reason = notReady();
      return reason === undefined ? textAnswer(200, 'ok') : textAnswer(503, reason);
    },
    '/metrics': async () => ({
      status: 200,
      contentType: registry.contentType,
      body: await registry.metrics(),
    }),
  };
}

/** A line of text. */
export function textAnswer(status: number, line: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${line}\n` };
}
