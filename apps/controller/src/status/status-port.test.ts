import type { Egress } from '@sallyport/api';
import type { EgressEvent, KubeClient } from '@sallyport/kube';
import { KubeApiError } from '@sallyport/kube';
import { pino } from 'pino';
import { statusPortFor } from './status-port.ts';

const egress = { name: 'web', uid: 'u1' } as Egress;

describe('an outcome of an Egress', () => {
  it.each<[EgressEvent['type'], number]>([
    ['Normal', pino.levels.values.info!],
    ['Warning', pino.levels.values.warn!],
  ])('of type %s is logged with level %i', async (type, level) => {
    const { lines, record } = portWith(() => Promise.resolve({}));
    await record({ type, reason: 'NoNode', message: 'no Node has 192.0.2.10' });
    expect(lines).toEqual([
      expect.objectContaining({
        level,
        egress: 'web',
        reason: 'NoNode',
        message: 'no Node has 192.0.2.10',
        msg: 'outcome changed',
      }),
    ]);
  });

  it('does not fail because its Event cannot be written', async () => {
    const { lines, record } = portWith(() => Promise.reject(new KubeApiError(403, 'forbidden')));
    await record({ type: 'Normal', reason: 'Assigned', message: 'Node n1 has 192.0.2.10' });
    expect(lines.map(({ msg }) => msg)).toEqual(['outcome changed', 'recording an Event failed']);
  });
});

/** A port whose log is collected, with an API server that answers as `json` does. */
function portWith(json: KubeClient['json']): {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly record: (event: EgressEvent) => Promise<void>;
} {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
  };
  const port = statusPortFor({
    client: { server: 'http://127.0.0.1', open: () => Promise.reject(new Error('unused')), json },
    logger: pino({}, { write }),
    nowMs: () => 0,
    count: () => undefined,
  });
  return { lines, record: (event) => port.record(egress, event) };
}
